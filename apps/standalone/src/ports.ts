import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

/** Below every system's range for outgoing connections, so that none of those takes the port before its server does. */
const firstPort = 20_000;
const lastPort = 32_000;

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

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const port = randomInt(firstPort, lastPort);
  return (await isPortFree(port, '127.0.0.1')) ? port : freePort();
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
