import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Contract } from '../../support/openapi-client.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { Stack } from '../../support/stack.js';
import { storageOf, storedKeys } from '../../support/test-storage.js';
import { details } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';
import { behave } from './emulated.js';
import { addSample, emptyVoice, voiceOfSamples } from './made-voices.js';
import { RawUpload, uploadPath } from './raw-upload.js';
import { toneWav } from './tone.js';

const mebibyte = 1024 ** 2;

let stack: Stack;
let contract: Contract;
let partner: TestPartner;

beforeAll(async () => {
  stack = await Stack.start({
    env: { UPLOAD_IDLE_SECONDS: '1', MAX_UPLOAD_BYTES: String(3 * mebibyte), MAX_SAMPLE_BYTES: String(mebibyte) },
  });
  contract = new Contract(stack.address);
  partner = await contract.partner();
  await emptyVoice(partner, 'samples');
  await addSample(partner, 'samples'); // what is loaded once is loaded before descriptors are counted
});
afterAll(() => stack?.stop());

const begin = (voice: string | undefined, more: { key?: string; contentLength?: number } = {}): Promise<RawUpload> =>
  RawUpload.begin(stack.address.baseUrl, { path: uploadPath(partner, voice), key: partner.key, ...more });

/** Descriptors the API process holds; null where the system does not tell. */
async function openDescriptors(): Promise<number | null> {
  const { pid } = stack.parts.api;
  return readdir(`/proc/${pid}/fd`).then(
    (found) => found.length,
    () => null,
  );
}

/** Files that uploads are on their way in. */
async function uploads(): Promise<string[]> {
  const scratch = path.join(stack.address.dataDir, 'scratch');
  // A folder that goes while it is looked at: looked at once more.
  const found = await readdir(scratch, { recursive: true, withFileTypes: true }).catch(() => null);
  if (found === null) return uploads();
  const files = found.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return files.filter((file) => file.includes('/api_'));
}

/** Nothing of an upload is left in the API's folder. */
async function scratchIsEmpty(): Promise<void> {
  await waitFor('no upload is left in scratch', async () => (await uploads()).length === 0);
}

const failure = (status: number, reason: string, detail: string): RegExp =>
  new RegExp(`^HTTP/1\\.1 ${status} ${reason}\\r\\n[^]*\\r\\n\\r\\n\\{"detail":"${detail}"[^]*\\}$`);

describe('uploads that break off', () => {
  it('a thousand of them leave no descriptor, no file and no voice behind', async () => {
    const [before, stored] = [await openDescriptors(), await storedKeys(stack.address)];
    let left = 1_000;
    const worker = async (): Promise<void> => {
      while (left > 0) {
        const at = (left -= 1);
        const upload = await begin(
          at % 3 === 0 ? 'samples' : undefined,
          at % 2 === 0 ? { contentLength: mebibyte } : {},
        );
        if (at % 5 !== 0) await upload.send(Buffer.alloc(32 * 1024 * (at % 4)));
        upload.abort(at % 7 === 0 ? 'close' : 'reset');
      }
    };
    await Promise.all(Array.from({ length: 20 }, worker));

    await scratchIsEmpty();
    if (before !== null) {
      const isBack = async (): Promise<boolean> => Math.abs(((await openDescriptors()) ?? 0) - before) <= 2;
      await waitFor('the descriptors are back', isBack);
    }
    expect(await storedKeys(stack.address)).toEqual(stored);
    const begunByNow = new Date(Date.now() + 60_000);
    expect(await (await storageOf(stack.address)).removeLeftovers(begunByNow)).toBe(0);
    const list = await partner.http.get<{ name: string }[]>(partner.route());
    expect(list.body.map(({ name }) => name)).toEqual(['samples']);
    expect((await details(partner, 'samples')).samples).toHaveLength(1);
    expect(await addSample(partner, 'samples')).toBe(2);
  });
});

describe('an answer that is known while the body is still coming', () => {
  const sent = 8 * mebibyte;

  it('401 reaches the client', async () => {
    const upload = await begin(undefined, { key: 'wrong', contentLength: sent });
    expect(await upload.sendRest(sent)).toMatch(failure(401, 'Unauthorized', 'Invalid API key'));
  });

  it('404 reaches the client', async () => {
    const upload = await begin('nothing');
    expect(await upload.sendRest(sent)).toMatch(failure(404, 'Not Found', 'Voice not found'));
  });

  it.each([
    ['a length that was told', { contentLength: 12 * mebibyte }],
    ['what was sent so far', {}],
  ])('413 reaches the client, for %s', async (_what, more) => {
    const upload = await begin(undefined, more);
    const answer = await upload.sendRest(sent);
    expect(answer).toMatch(failure(413, 'Payload Too Large', 'file may have at most 3 MiB'));
    const sample = await (await begin('samples', more)).sendRest(sent);
    expect(sample).toMatch(failure(413, 'Payload Too Large', 'file may have at most 1 MiB'));
  });

  it('409 reaches the client: a locked voice takes no sample, however large', async () => {
    await voiceOfSamples(partner, 'locked', 1);
    await behave(stack.address, { partner: partner.name, voice: 'locked' }, { kind: 'hold' });
    await partner.http.post(`${partner.route('locked')}/embed`);
    const form = new FormData();
    form.set('file', new Blob([toneWav(30)]), 'a.wav');
    const answer = await partner.http.post(uploadPath(partner, 'locked'), form);
    expect([answer.status, answer.body]).toEqual([409, { detail: 'Voice is currently being processed' }]);
  });

  it('nothing of it is kept', async () => {
    await scratchIsEmpty();
  });
});

describe('an upload that stands still', () => {
  const timedOut = failure(408, 'Request Timeout', 'Upload timed out');

  it('is answered 408', async () => {
    const [recording, sample] = await Promise.all([begin(undefined), begin('samples', { contentLength: 100_000 })]);
    await Promise.all([recording.send(Buffer.alloc(1_000)), sample.send(Buffer.alloc(1_000))]);
    expect(await recording.answer()).toMatch(timedOut);
    expect(await sample.answer()).toMatch(timedOut);
    await scratchIsEmpty();
  }, 30_000);

  it('is not, while it moves, however slowly', async () => {
    const wav = toneWav(1.5);
    const upload = await begin('samples');
    for (let at = 0; at < 4; at += 1) {
      await upload.send(wav.subarray((at * wav.length) / 4, ((at + 1) * wav.length) / 4));
      await sleep(400); // slower than the limit as a whole, never for one pause
    }
    await upload.send('\r\n--x--\r\n');
    upload.finish();
    expect(await upload.answer()).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
  });
});
