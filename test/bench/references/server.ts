import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { entry, ManagedProcess } from '#libs/local-services';
import { freePort } from '../../support/ports.js';

export interface ReferenceServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts the reference server with a file to send and an object to answer. */
export async function startReference(
  folder: string,
  { file = '', object = {} }: { readonly file?: string; readonly object?: unknown },
): Promise<ReferenceServer> {
  const port = await freePort();
  const answered = path.join(folder, 'constant.json');
  await writeFile(answered, JSON.stringify(object));
  const server = new ManagedProcess(
    {
      name: 'reference',
      module: entry('test/bench/references/server.main'),
      args: [String(port), folder, file, answered],
      env: { ...process.env, NODE_ENV: 'production' },
      isReady: 'message',
    },
    { onLine: (_, line) => void process.stderr.write(`reference | ${line}\n`) },
  );
  await server.start();
  return { url: `http://127.0.0.1:${port}`, pid: server.pid ?? 0, stop: () => server.stop() };
}
