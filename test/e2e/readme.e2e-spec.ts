import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../support/audio-measure.js';
import { HttpClient } from '../support/http.js';
import { sharedStack } from '../support/shared-stack.js';

const run = promisify(execFile);

/** The lines a newcomer copies, from the marker to the next chapter. */
function walkThrough(): string {
  const readme = readFileSync('README.md', 'utf8');
  const chapter = readme.split('runs the following lines as they stand -->')[1]?.split('\n## ')[0] ?? '';
  return [...chapter.matchAll(/```sh\n(.*?)```/gs)].map(([, lines]) => lines).join('');
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  const speech = path.join(folder.path, 'test/fixtures/speech');
  await mkdir(speech, { recursive: true });
  await cp('test/fixtures/speech/en-75s.flac', path.join(speech, 'en-75s.flac'));
});
afterAll(() => folder.remove());

describe('the README', () => {
  it('walks through a voice, line by line as printed', async () => {
    const stack = sharedStack();
    const admin = new HttpClient(stack.baseUrl, stack.adminKey);
    const made = await admin.post<{ key: string }>('/admin/partners/demo/keys', { name: 'readme' });
    const script = walkThrough();
    expect(script.match(/curl/g)?.length).toBeGreaterThanOrEqual(9);

    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder.path,
      env: { ...process.env, TIMBRE: stack.baseUrl, KEY: made.body.key },
    });

    expect(stdout).not.toContain('"detail"');
    expect(stdout).toContain('"preferred_sample_index":2');
    expect(stdout).toContain('"status":{"splitting":"completed","embedding":"completed"}');
    expect(stdout).toContain('"errors":{"splitting":null,"embedding":null},"warnings":[]');
    expect(stdout.trimEnd().endsWith('}')).toBe(true);
    for (const file of ['sample.opus', 'preview.opus']) {
      expect((await readFile(path.join(folder.path, file))).subarray(0, 4).toString()).toBe('OggS');
    }
    expect((await readFile(path.join(folder.path, 'anna.zip'))).subarray(0, 2).toString()).toBe('PK');
  });
});
