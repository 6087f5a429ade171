import { transformFile } from '@swc/core';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface BuiltThread {
  readonly url: URL;
  remove(): Promise<void>;
}

/**
 * The engine as ES modules in a temporary folder: a worker thread is started by Node itself, which Jest's transforms do
 * not reach. It is the real thread with the real engine in it.
 */
export async function buildEngineThread(): Promise<BuiltThread> {
  const source = fileURLToPath(new URL('../src/engine', import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), 'timbre-engine-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const names = (await readdir(source)).filter((name) => name.endsWith('.ts') && !name.endsWith('spec.ts'));
  for (const name of names) {
    const { code } = await transformFile(join(source, name), {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
    });
    await writeFile(join(folder, name.replace(/\.ts$/, '.js')), code);
  }
  return {
    url: pathToFileURL(join(folder, 'engine-thread.js')),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
