import { readdir, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Contract } from '../../support/openapi-client.js';
import { scratchUploads } from '../../support/scratch-uploads.js';
import { temporaryFolder } from '../../support/services.js';
import { sharedStack, type TestPartner } from '../../support/shared-stack.js';
import { pickOfForm } from '../../support/test-form.js';
import { storageOf, storedKeys } from '../../support/test-storage.js';
import { details } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';
import { withoutPause } from '../../support/without-pause.js';
import { behave } from './emulated.js';
import { addSample, emptyVoice, voiceOfSamples } from './made-voices.js';
import { RawUpload, uploadPath } from './raw-upload.js';
import { startSecondApi, type SecondApi } from './second-api.js';
import { toneWav } from './tone.js';

const mebibyte = 1024 ** 2;

/** An API with a storage of its own: nobody else stores there. No test needs a worker. */
let api: SecondApi;
const dataDir = temporaryFolder();
let contract: Contract;
let partner: TestPartner;

beforeAll(async () => {
  api = await startSecondApi(
    { ...sharedStack(), dataDir },
    { UPLOAD_IDLE_SECONDS: '1', MAX_UPLOAD_BYTES: String(3 * mebibyte), MAX_SAMPLE_BYTES: String(mebibyte) },
  );
  contract = new Contract(api.address);
  partner = await contract.partner();
  await emptyVoice(partner, 'samples');
  await addSample(partner, 'samples'); // opens what the process keeps open, before its descriptors are counted
});
afterAll(async () => {
  await api?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const begin = (voice: string | undefined, more: { key?: string; contentLength?: number } = {}): Promise<RawUpload> =>
  RawUpload.begin(api.address.baseUrl, { path: uploadPath(partner, voice), key: partner.key, ...more });

/** Counts the open file descriptors of the API. @returns null on systems without /proc */
async function openDescriptors(): Promise<number | null> {
  return readdir(`/proc/${api.pid}/fd`).then(
    (found) => found.length,
    () => null,
  );
}

/** Waits until the API's scratch folder has no file of an upload. */
async function scratchIsEmpty(): Promise<void> {
  await waitFor('no upload is left in scratch', async () => (await scratchUploads(dataDir)).length === 0);
}

const failure = (status: number, reason: string, detail: string): RegExp =>
  new RegExp(`^HTTP/1\\.1 ${status} ${reason}\\r\\n[^]*\\r\\n\\r\\n\\{"detail":"${detail}"[^]*\\}$`);

describe('an aborted upload', () => {
  it('leaves no open descriptor, no file and no voice, however often', async () => {
    const [before, stored] = [await openDescriptors(), await storedKeys(api.address)];
    let left = pickOfForm(30, 1_000);
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
      // Fewer are no leak: connections to a bucket may have been closed meanwhile.
      const isBack = async (): Promise<boolean> => ((await openDescriptors()) ?? 0) <= before + 2;
      await waitFor('the descriptors are back', isBack);
    }
    expect(await storedKeys(api.address)).toEqual(stored);
    const begunByNow = new Date(Date.now() + 60_000);
    expect(await (await storageOf(api.address)).removeLeftovers(begunByNow)).toBe(0);
    const list = await partner.http.get<{ name: string }[]>(partner.route());
    expect(list.body.map(({ name }) => name)).toEqual(['samples']);
    expect((await details(partner, 'samples')).samples).toHaveLength(1);
    expect(await addSample(partner, 'samples')).toBe(2);
  });
});

describe('an upload that is refused before its body is complete', () => {
  const sent = 8 * mebibyte;

  it('is answered 401 for a wrong key', async () => {
    const upload = await begin(undefined, { key: 'wrong', contentLength: sent });
    expect(await upload.sendRest(sent)).toMatch(failure(401, 'Unauthorized', 'Invalid API key'));
  });

  it('is answered 404 for a missing voice', async () => {
    const upload = await begin('nothing');
    expect(await upload.sendRest(sent)).toMatch(failure(404, 'Not Found', 'Voice not found'));
  });

  it.each([
    ['Content-Length', { contentLength: 12 * mebibyte }],
    ['the bytes received', {}],
  ])('is answered 413 because of %s', async (_what, more) => {
    const upload = await begin(undefined, more);
    const answer = await upload.sendRest(sent);
    expect(answer).toMatch(failure(413, 'Payload Too Large', 'file may have at most 3 MiB'));
    const sample = await (await begin('samples', more)).sendRest(sent);
    expect(sample).toMatch(failure(413, 'Payload Too Large', 'file may have at most 1 MiB'));
  });

  it('is answered 409 for a sample of a locked voice', async () => {
    await voiceOfSamples(partner, 'locked', 1);
    await behave(api.address, { partner: partner.name, voice: 'locked' }, { kind: 'hold' });
    await partner.http.post(`${partner.route('locked')}/embed`);
    const form = new FormData();
    form.set('file', new Blob([toneWav(30)]), 'a.wav');
    const answer = await partner.http.post(uploadPath(partner, 'locked'), form);
    expect([answer.status, answer.body]).toEqual([409, { detail: 'Voice is currently being processed' }]);
  });

  it('leaves no file behind', async () => {
    await scratchIsEmpty();
  });
});

describe('an upload that stalls', () => {
  const timedOut = failure(408, 'Request Timeout', 'Upload timed out');

  it('is answered 408', async () => {
    const [recording, sample] = await Promise.all([begin(undefined), begin('samples', { contentLength: 100_000 })]);
    await Promise.all([recording.send(Buffer.alloc(1_000)), sample.send(Buffer.alloc(1_000))]);
    expect(await recording.answer()).toMatch(timedOut);
    expect(await sample.answer()).toMatch(timedOut);
    await scratchIsEmpty();
  }, 30_000);

  it('is accepted if it is slow but never pauses for longer than the limit', () =>
    withoutPause(200, async () => {
      const wav = toneWav(1.5);
      const upload = await begin('samples');
      for (let at = 0; at < 4; at += 1) {
        await upload.send(wav.subarray((at * wav.length) / 4, ((at + 1) * wav.length) / 4));
        await sleep(400); // in all longer than the limit of 1 s, but no pause is
      }
      await upload.send('\r\n--x--\r\n');
      upload.finish();
      expect(await upload.answer()).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
    }));
});
