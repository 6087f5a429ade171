import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Below every system's range for outgoing connections, so that none of those takes the port before its server does. */
const firstPort = 20_000;
const lastPort = 32_000;

/** Longer than a server takes to start, or to be started again on the port it was given. */
const claimMilliseconds = 600_000;

/** Can a server listen there now? */
export function isPortFree(port: number, host?: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen({ port, host }, () => server.close(() => resolve(true)));
  });
}

/**
 * A port of 127.0.0.1 that nobody listens on, and that no other caller of this function on this machine is given for
 * ten minutes, or until this process ends.
 */
export async function freePort(): Promise<number> {
  const port = randomInt(firstPort, lastPort);
  return (await claim(port)) && (await isPortFree(port, '127.0.0.1')) ? port : freePort();
}

/**
 * The UDP port of the same number says to other processes that a server is about to listen on the TCP port: they are
 * apart, and the system lets go of it with the process.
 */
async function claim(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind({ port, address: '127.0.0.1', exclusive: true });
    await once(socket, 'listening');
  } catch {
    socket.close();
    return false;
  }
  socket.unref();
  setTimeout(() => socket.close(), claimMilliseconds).unref();
  return true;
}

/** Does a server of 127.0.0.1 take connections on this port? */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
