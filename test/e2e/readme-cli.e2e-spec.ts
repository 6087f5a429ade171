import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../support/audio-measure.js';
import { makePartner, sharedStack } from '../support/shared-stack.js';

const run = promisify(execFile);

/** Returns the shell lines of the README's chapter about the command line. */
function walkThrough(): string {
  const chapter = readFileSync('README.md', 'utf8').split('\n## With the command line\n')[1]?.split('\n## ')[0] ?? '';
  return [...chapter.matchAll(/```sh\n(.*?)```/gs)].map(([, lines]) => lines).join('');
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  for (const file of ['package.json', 'dist/cli.js', 'test/fixtures/speech/en-75s.flac']) {
    await mkdir(path.dirname(path.join(folder.path, file)), { recursive: true });
    await cp(file, path.join(folder.path, file));
  }
});
afterAll(() => folder.remove());

describe('README.md, With the command line', () => {
  it('has commands that make, choose and fetch a voice when they run unchanged', async () => {
    const stack = sharedStack();
    const { key, name } = await makePartner(stack);
    const { origin } = new URL(stack.baseUrl);
    const printed = walkThrough();
    expect(printed).toContain('TIMBRE_URL=http://localhost:8080');
    expect(printed.match(/^timbre /gm)?.length).toBeGreaterThanOrEqual(9);
    const script = printed.replace('http://localhost:8080', origin);

    // Offline: npm must find the program in package.json, and must not look for another one in the registry.
    const npm = {
      npm_config_offline: 'true',
      npm_config_update_notifier: 'false',
      npm_config_cache: `${folder.path}/.npm`,
    };
    const { stdout, stderr } = await run('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
      cwd: folder.path,
      env: { PATH: process.env['PATH'], HOME: folder.path, KEY: key, ...npm },
    });

    expect(stderr).toBe('');
    expect(stdout).toContain(`${origin}: the key test of the partner ${name}\n`);
    expect(stdout.match(/^Status: +embedded$/gm)).toHaveLength(2);
    expect(stdout).toMatch(/^1\t00:00\t15\t(good|fair|poor)\t0\.\d+\t/m);
    expect(stdout).toContain('Sample 2 of berta is preferred\n');
    const start = async (file: string): Promise<string> =>
      (await readFile(path.join(folder.path, file))).subarray(0, 4).toString('latin1');
    expect(await start('berta-1.opus')).toBe('OggS');
    expect(await start('berta.zip')).toBe('PK\x03\x04');
    expect((await readFile(path.join(folder.path, 'berta.safetensors'))).includes('__metadata__')).toBe(true);
  });
});
