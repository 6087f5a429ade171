import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Below the ephemeral range of every system, so that no outgoing connection takes the port before its server does. */
const firstPort = 20_000;
const lastPort = 32_000;

/** Longer than a server takes to start or restart on its port. */
const claimMilliseconds = 600_000;

/** Returns whether a server can listen on this port now. */
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
 * Returns a port of 127.0.0.1 that nobody listens on. No other caller on this machine gets it for ten minutes, or until
 * this process ends.
 */
export async function freePort(): Promise<number> {
  const port = randomInt(firstPort, lastPort);
  return (await claim(port)) && (await isPortFree(port, '127.0.0.1')) ? port : freePort();
}

/**
 * Reserves a TCP port by binding the UDP port of the same number. The two do not conflict, and the system releases the
 * UDP port when this process ends.
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

/** Returns whether a server on 127.0.0.1 accepts connections on this port. */
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
