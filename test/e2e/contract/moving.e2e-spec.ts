import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../../support/audio-measure.js';
import type { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { details, type Details } from '../../support/voices.js';
import { instantContract, instantPartner } from './emulated.js';
import { emptyVoice, finished, toneVoice, voiceOfSamples, without } from './made-voices.js';
import { toneForm } from './tone.js';

const run = promisify(execFile);

const hasJq = spawnSync('jq', ['--version']).status === 0;
if (!hasJq) console.warn('The lines of docs/moving.md are not tested: jq is not installed');

/** Returns the shell lines of docs/moving.md that move all voices of a partner, with other addresses. */
function movingLines(from: string, to: string): string {
  const lines = readFileSync('docs/moving.md', 'utf8')
    .split('```sh\n')
    .find((text) => text.startsWith('FROM='));
  expect(lines).toContain('"$TO/import"');
  return (lines ?? '')
    .split('```')[0]!
    .replace('https://old.example.com/api/voices/demo', from)
    .replace('https://new.example.com/api/voices/demo', to);
}

let contract: Contract;
let old: TestPartner;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  [{ contract, partner: old }, folder] = await Promise.all([instantContract(), temporaryFolder()]);
});
afterAll(() => folder.remove());

/** What both voices must have in common. Other tests change what the endpoint last reported, and so `stale_reasons`. */
const compared = (voice: Details): object => {
  const { embedding_info: info, ...rest } = without(voice, 'id', 'updated_at', 'embedding_zip_url');
  return { ...rest, embedding_info: info && without(info, 'run_id', 'last_update_time', 'stale_reasons') };
};

describe('docs/moving.md', () => {
  (hasJq ? it : it.skip)('has lines that move all voices of a partner, and may run again', async () => {
    const [empty, sampled, recorded] = ['leer ü 日', 'of samples', 'of a recording'] as const;
    const names = [empty, sampled, recorded];
    await emptyVoice(old, empty);
    await voiceOfSamples(old, sampled, 2);
    await finished(old, sampled, 'embed');
    await toneVoice(old, recorded);
    const consent = { statement: 'I agree.', language: 'en', granted_by: 'Zoë', method: 'recorded' };
    await old.http.post(`${old.route(recorded)}/consent`, toneForm(2, consent));

    const moved = await instantPartner(contract);
    const address = (partner: TestPartner): string => `${partner.http.baseUrl}${partner.route()}`;
    const env = { ...process.env, FROM_KEY: old.key, TO_KEY: moved.key };
    const script = movingLines(address(old), address(moved));
    // bash reads its rc file if its input is a socket, as here, unless a shell has started it.
    const move = () => run('bash', ['--norc', '-euo', 'pipefail', '-c', script], { cwd: folder.path, env });
    expect(await move()).toEqual({ stdout: '', stderr: '' });
    for (const name of names) {
      expect(compared(await details(moved, name))).toEqual(compared(await details(old, name)));
    }
    expect(await move()).toEqual({ stdout: '', stderr: '' });
    expect((await moved.http.get<unknown[]>(moved.route())).body).toHaveLength(names.length);
    expect((await readdir(folder.path)).filter((file) => file.endsWith('.zip'))).toHaveLength(names.length);
  });
});
