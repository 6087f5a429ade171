import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { openApiFile } from '../support/openapi.js';
import { makePartner, sharedStack } from '../support/shared-stack.js';
import { embedInstantly } from '../e2e/contract/emulated.js';
import { toneWav } from '../e2e/contract/tone.js';
import { program, Workshop } from './workshop.js';

const run = promisify(execFile);
const sources = path.join(process.cwd(), 'test/clients/typescript');

const workshop = Workshop.open();
const { node, python } = workshop;

/** Runs a program with a new partner. @returns what it printed */
async function walk(run: (...args: readonly string[]) => Promise<string>, compiled: string): Promise<unknown> {
  const stack = sharedStack();
  const partner = await makePartner(stack);
  await embedInstantly(stack, partner);
  await writeFile(workshop.file('recording.wav'), toneWav(46));
  const origin = stack.baseUrl.replace(/\/api$/, '');
  const said = JSON.parse(await run(compiled, origin, partner.name, partner.key, 'recording.wav')) as object;
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

describe('openapi.json', () => {
  it('gives openapi-typescript a client that compiles and runs the walk-through of the README', async () => {
    await node(path.join(sources, 'generate.mjs'), openApiFile, workshop.file('timbre-api.d.ts'));
    await workshop.take(path.join(sources, 'openapi-fetch-walk.mts'));
    await workshop.compile('openapi-fetch-walk.mts', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess');
    expect(await walk(node, 'openapi-fetch-walk.mjs')).toMatchObject(walked);
  });

  it('gives hey-api a client that compiles and runs the walk-through of the README', async () => {
    // hey-api writes imports in the form that the nearest tsconfig.json requires.
    await writeFile(workshop.file('tsconfig.json'), '{"compilerOptions":{"moduleResolution":"nodenext"}}');
    await writeFile(workshop.file('package.json'), '{"type":"module"}');
    const arguments_ = ['--input', openApiFile, '--output', 'hey-api', '--client', '@hey-api/client-fetch'];
    await node(program('@hey-api/openapi-ts/bin/run.js'), ...arguments_, '--silent');
    await workshop.take(path.join(sources, 'hey-api-walk.mts'));
    await workshop.compile('hey-api-walk.mts');
    expect(await walk(node, 'hey-api-walk.mjs')).toMatchObject(walked);
  });

  it('gives openapi-python-client a client that runs the walk-through of the README, and renames and deletes', async () => {
    const config = path.join(process.cwd(), 'test/clients/python/generator.yml');
    const target = ['--output-path', 'timbre_client', '--meta', 'none', '--config', config, '--fail-on-warning'];
    await python('-m', 'openapi_python_client', 'generate', '--path', openApiFile, ...target);
    await workshop.take('test/clients/python/walk.py');
    const more = { sampleBytes: true, cleared: null, renamed: 'Zoë 1', deleted: 204 };
    expect(await walk(python, 'walk.py')).toMatchObject({ ...walked, ...more });
  });

  it('causes no warning of openapi-typescript on the command line in a clone', async () => {
    const types = workshop.file('cli.d.ts');
    const command = [program('openapi-typescript/bin/cli.js'), 'openapi.json', '--output', types];
    const { stdout, stderr } = await run(process.execPath, command, { cwd: process.cwd() });
    expect(stdout + stderr).not.toMatch(/⚠|✘|warn|error/i);
    expect(await readFile(types, 'utf8')).toContain('ApiError: {');
  });
});
