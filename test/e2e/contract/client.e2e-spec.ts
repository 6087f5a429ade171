import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openApiFile } from '../../support/openapi.js';
import { makePartner, sharedStack } from '../../support/shared-stack.js';
import { embedInstantly } from './emulated.js';
import { toneWav } from './tone.js';

const run = promisify(execFile);
const sources = path.join(process.cwd(), 'test/e2e/contract/client');

/** Inside the clone, so that the program finds its packages. */
let folder: string;
beforeAll(async () => {
  const cache = path.join(process.cwd(), '.cache');
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(path.join(cache, 'client-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs one of Node's programs; what it said is the error when it failed. */
async function node(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [...args], { cwd: folder }).catch((error: { stdout: string }) => {
    throw new Error(`${args[0]}: ${error.stdout}`, { cause: error });
  });
  return stdout;
}

describe('a TypeScript client generated from openapi.json', () => {
  it('compiles, and walks through a voice as the README does', async () => {
    await node(path.join(sources, 'generate.mjs'), openApiFile, path.join(folder, 'timbre-api.d.ts'));
    await cp(path.join(sources, 'walk-through.mts'), path.join(folder, 'walk-through.mts'));
    const tsc = path.join(process.cwd(), 'node_modules/typescript/bin/tsc');
    const options = [
      '--ignoreConfig',
      '--types',
      'node',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--noUncheckedIndexedAccess',
      '--skipLibCheck',
    ];
    await node(tsc, ...options, ...['--module', 'nodenext', '--target', 'es2023'], 'walk-through.mts');

    const stack = sharedStack();
    const partner = await makePartner(stack);
    await embedInstantly(stack, partner);
    await writeFile(path.join(folder, 'recording.wav'), toneWav(46));
    const origin = stack.baseUrl.replace(/\/api$/, '');
    const said = await node('walk-through.mjs', origin, partner.name, partner.key, 'recording.wav');
    expect(JSON.parse(said)).toEqual({
      location: `/api/voices/${partner.name}/anna`,
      samples: 3,
      sampleType: 'audio/ogg',
      previewBytes: true,
      preferred: 2,
      bundleType: 'application/zip',
      zipType: 'application/zip',
      samplesOfSplit: 4,
      stale: [true, false],
      list: ['anna'],
      missing: 'Voice not found',
    });
  });
});
