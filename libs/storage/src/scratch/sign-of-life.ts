import { randomUUID } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { errnoOf } from '../storage-failure.js';

/** The socket that a running process listens on in its folder. */
const socketName = 'alive';

/** A socket's path may have 107 bytes on Linux (unix(7)), 103 on macOS. */
const maxSocketPathBytes = 103;

/** How long to wait for a connection. The kernel accepts it even for a stopped process. */
const connectTimeoutMs = 2_000;

/**
 * Listens on a socket in a folder. The kernel closes it when the process dies in any way, and every process on this
 * kernel can connect to it, even from another container, where process ids differ.
 *
 * @returns null if the file system has no sockets
 */
export async function showLife(folder: string): Promise<Server | null> {
  const server = createServer((socket) => socket.destroy()).unref();
  server.on('error', () => undefined);
  const unfinished = `${socketName}-${randomUUID()}`;
  try {
    await atShortPath(folder, unfinished, (path) => listen(server, path));
    // Renamed once it accepts connections, because a socket that accepts none means a dead process.
    await rename(join(folder, unfinished), join(folder, socketName));
    return server;
  } catch {
    server.close();
    return null;
  }
}

/**
 * Returns whether a process listens in a folder. `dead` is reliable only for processes of this kernel. `unknown` means
 * that there is no socket, or none that we may use.
 */
export async function lifeIn(folder: string): Promise<'alive' | 'dead' | 'unknown'> {
  const code = await atShortPath(folder, socketName, knock).catch((error: unknown) => errnoOf(error) ?? 'unknown');
  // EAGAIN: the backlog is full (connect(2)).
  if (code === 'answered' || code === 'EAGAIN') return 'alive';
  return code === 'ECONNREFUSED' ? 'dead' : 'unknown';
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}

function knock(path: string): Promise<'answered'> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const answered = (): void => {
      socket.destroy();
      resolve('answered');
    };
    socket.once('connect', answered).once('error', reject).setTimeout(connectTimeoutMs, answered);
  });
}

/** Passes a path that is short enough for a socket: by way of /proc if the folder's own path is too long. */
async function atShortPath<T>(folder: string, name: string, use: (path: string) => Promise<T>): Promise<T> {
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= maxSocketPathBytes) return use(path);
  const handle = await open(folder, 'r');
  try {
    return await use(`/proc/self/fd/${handle.fd}/${name}`);
  } finally {
    await handle.close();
  }
}
