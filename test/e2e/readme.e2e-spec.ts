import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../support/audio-measure.js';
import { HttpClient } from '../support/http.js';
import { sharedStack } from '../support/shared-stack.js';
import { instantContract } from './contract/emulated.js';
import { finished, voiceOfSamples } from './contract/made-voices.js';

const run = promisify(execFile);

/** Returns the shell lines of the README's first steps, from the marker to the next chapter. */
function walkThrough(): string {
  const readme = readFileSync('README.md', 'utf8');
  const chapter = readme.split('runs the following lines as they stand -->')[1]?.split('\n## ')[0] ?? '';
  return [...chapter.matchAll(/```sh\n(.*?)```/gs)].map(([, lines]) => lines).join('');
}

/** Returns the shell lines of docs/recipes.md that fetch all voices of a key. */
function fetchingVoices(origin: string): string {
  const lines = readFileSync('docs/recipes.md', 'utf8')
    .split('```sh\n')
    .find((text) => text.startsWith('mkdir '));
  expect(lines).toContain('https://timbre.example.com/api/v1/audio/voices');
  return (lines ?? '').split('```')[0]!.replace('https://timbre.example.com', origin);
}

const hasJq = spawnSync('jq', ['--version']).status === 0;
if (!hasJq) console.warn('docs/recipes.md is not tested: jq is not installed');

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  const speech = path.join(folder.path, 'test/fixtures/speech');
  await mkdir(speech, { recursive: true });
  await cp('test/fixtures/speech/en-75s.flac', path.join(speech, 'en-75s.flac'));
});
afterAll(() => folder.remove());

describe('README.md', () => {
  it('has commands that create a voice and download its files when they run unchanged', async () => {
    const stack = sharedStack();
    const admin = new HttpClient(stack.baseUrl, stack.adminKey);
    const made = await admin.post<{ key: string }>('/admin/partners/demo/keys', { name: 'readme' });
    const script = walkThrough();
    expect(script.match(/curl/g)?.length).toBeGreaterThanOrEqual(9);

    const { stdout } = await run('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
      cwd: folder.path,
      env: { ...process.env, TIMBRE: stack.baseUrl, KEY: made.body.key },
    });

    expect(stdout).not.toContain('"detail"');
    expect(stdout).toContain('"preferred_sample_index":2');
    expect(stdout).toContain('"status":{"splitting":"completed","embedding":"completed"}');
    expect(stdout).toContain('"errors":{"splitting":null,"embedding":null},"warnings":[]');
    expect(stdout.match(/^"quality":{"grade":"(good|fair|poor)","reasons":\[.*]$/gm)).toHaveLength(5);
    expect(stdout).toMatch(/"samples":\[{"source_timestamp":"00:.*"dropped_seconds":\d/);
    expect(stdout).toMatch(/"points":\[\[-\d.*"speech":\[\[\d/);
    expect(stdout.trimEnd().endsWith('}')).toBe(true);
    for (const file of ['sample.opus', 'preview.opus']) {
      expect((await readFile(path.join(folder.path, file))).subarray(0, 4).toString()).toBe('OggS');
    }
    expect((await readFile(path.join(folder.path, 'anna.zip'))).subarray(0, 2).toString()).toBe('PK');
  });
});

describe('docs/recipes.md', () => {
  (hasJq ? it : it.skip)('has commands that fetch the embedding of every voice, and none twice', async () => {
    const { contract, partner } = await instantContract();
    const embedded = async (name: string): Promise<string> => {
      await voiceOfSamples(partner, name, 1);
      return (await finished(partner, name, 'embed')).id;
    };
    const script = fetchingVoices(new URL(contract.stack.baseUrl).origin);
    const env = { ...process.env, TIMBRE_KEY: partner.key };
    const fetchAll = (): Promise<unknown> =>
      run('bash', ['--norc', '-euo', 'pipefail', '-c', script], { cwd: folder.path, env });
    const fileOf = (id: string): string => path.join(folder.path, 'voices', `${id}.safetensors`);

    const first = await embedded('one');
    await fetchAll();
    const fetchedAt = (await stat(fileOf(first))).mtimeMs;
    const second = await embedded('two');
    await fetchAll();
    expect((await stat(fileOf(first))).mtimeMs).toBe(fetchedAt);
    for (const id of [first, second]) expect((await readFile(fileOf(id))).includes('__metadata__')).toBe(true);
  });
});
