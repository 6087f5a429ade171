import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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

const program = (name: string): string => path.join(process.cwd(), 'node_modules', name);

/** Compiles a program strictly, as its author would. */
async function compile(source: string, ...options: readonly string[]): Promise<void> {
  await cp(path.join(sources, source), path.join(folder, source));
  const strict = ['--ignoreConfig', '--types', 'node', '--strict', '--skipLibCheck', ...options];
  await node(program('typescript/bin/tsc'), ...strict, '--module', 'nodenext', '--target', 'es2023', source);
}

/** Runs a program against a partner of its own. @returns what it printed */
async function walk(compiled: string): Promise<unknown> {
  const stack = sharedStack();
  const partner = await makePartner(stack);
  await embedInstantly(stack, partner);
  await writeFile(path.join(folder, 'recording.wav'), toneWav(46));
  const origin = stack.baseUrl.replace(/\/api$/, '');
  const said = JSON.parse(await node(compiled, origin, partner.name, partner.key, 'recording.wav')) as object;
  expect(said).toMatchObject({ location: `/api/voices/${partner.name}/anna` });
  return said;
}

/** What every program prints after the README's walk-through. */
const walked = {
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
};

describe('a TypeScript client generated from openapi.json', () => {
  it('by openapi-typescript compiles, and walks through a voice as the README does', async () => {
    await node(path.join(sources, 'generate.mjs'), openApiFile, path.join(folder, 'timbre-api.d.ts'));
    await compile('openapi-fetch-walk.mts', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess');
    expect(await walk('openapi-fetch-walk.mjs')).toMatchObject(walked);
  });

  it('by hey-api compiles, and walks through a voice as the README does', async () => {
    // hey-api writes imports for Node where the nearest tsconfig.json says so.
    await writeFile(path.join(folder, 'tsconfig.json'), '{"compilerOptions":{"moduleResolution":"nodenext"}}');
    await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
    const arguments_ = ['--input', openApiFile, '--output', 'hey-api', '--client', '@hey-api/client-fetch'];
    await node(program('@hey-api/openapi-ts/bin/run.js'), ...arguments_, '--silent');
    await compile('hey-api-walk.mts');
    expect(await walk('hey-api-walk.mjs')).toMatchObject(walked);
  });

  it('is made by the command line of openapi-typescript in a clone, without a warning', async () => {
    const types = path.join(folder, 'cli.d.ts');
    const command = [program('openapi-typescript/bin/cli.js'), 'openapi.json', '--output', types];
    const { stdout, stderr } = await run(process.execPath, command, { cwd: process.cwd() });
    expect(stdout + stderr).not.toMatch(/⚠|✘|warn|error/i);
    expect(await readFile(types, 'utf8')).toContain('ApiError: {');
  });
});
