import { access } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ownerKey } from '#libs/storage';
import { startS3rver, type S3rver } from '../../libs/storage/test/s3rver.js';
import { speech, temporaryFolder } from '../support/audio-measure.js';
import { formWithFile } from '../support/http.js';
import { makePartner, type TestPartner } from '../support/shared-stack.js';
import { Stack } from '../support/stack.js';
import { embedInstantly } from './contract/emulated.js';
import { startSecondApi } from './contract/second-api.js';
import { bytesOf, details, finishedVoice, settled } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';

let s3: S3rver;
let stack: Stack;
let partner: TestPartner;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

/** Starts an API and a worker that share a bucket, but no folder. */
beforeAll(async () => {
  [s3, folder] = await Promise.all([startS3rver('voices'), temporaryFolder()]);
  const own = (name: string): Record<string, string> => ({
    DATA_DIR: path.join(folder.path, name),
    SCRATCH_DIR: path.join(folder.path, name, 'scratch'),
  });
  stack = await Stack.start({
    env: storageEnv(),
    apiEnv: own('api'),
    workerEnv: own('worker'),
  });
  partner = await makePartner(stack.address);
  await embedInstantly(stack.address, partner);
});
afterAll(async () => {
  await stack?.stop();
  await Promise.all([s3?.stop(), folder?.remove()]);
});

const storageEnv = (): Record<string, string> => ({
  ...s3.env,
  STORAGE_URL: `s3://${s3.bucket}/timbre?endpoint=${s3.endpoint}`,
});

/** Returns the keys of all objects except the one that names the owner of the storage. */
const objects = async (): Promise<string[]> => (await s3.keys()).filter((key) => key !== `timbre/${ownerKey}`);

const text = (bytes: Buffer, length: number): string => bytes.subarray(0, length).toString('latin1');

describe('Timbre with an S3 bucket', () => {
  it('completes a voice, serves its files, splits it again and deletes it', async () => {
    const voice = await finishedVoice(partner, 'Zoë 日本', speech('en'));
    expect(voice.errors).toEqual({ splitting: null, embedding: null });
    expect(voice.status).toEqual({ splitting: 'completed', embedding: 'completed' });
    expect(voice.samples).toHaveLength(5);
    expect(voice.embedding_info?.sample_scores).toHaveLength(5);
    await expectDownloads(voice.embedding_info?.test_samples[0]?.filename ?? '');
    await expectSignedZip(voice.embedding_zip_url ?? '');
    await expectRedirects();

    const route = partner.route('Zoë 日本');
    expect((await partner.http.post(`${route}/samples`, await formWithFile(speech('fr')))).status).toBe(201);
    expect(text(await bytesOf(partner, `${route}/samples/6`), 4)).toBe('OggS');
    // The second split reads the stored original.
    expect((await partner.http.post(`${route}/split`, new URLSearchParams({ sample_duration: '20' }))).status).toBe(
      202,
    );
    expect((await settled(partner, 'Zoë 日本')).samples).toHaveLength(3);

    const { embedding_zip_url: zipUrl } = await details(partner, 'Zoë 日本');
    expect((await objects()).every((key) => key.startsWith('timbre/voices/'))).toBe(true);
    // The stopped worker removes no objects. The URL must be invalid as soon as the API has answered.
    stack.parts.worker.kill('SIGSTOP');
    expect((await partner.http.delete(route)).status).toBe(204);
    expect((await fetch(zipUrl ?? '')).status).toBe(404);
    expect((await objects()).length).toBeGreaterThan(0);
    stack.parts.worker.kill('SIGCONT');
    await waitFor('every object being gone', async () => (await objects()).length === 0);
    await expectNoFolderOfObjects();
  });
});

async function expectDownloads(testSample: string): Promise<void> {
  const route = partner.route('Zoë 日本');
  const sample = await bytesOf(partner, `${route}/samples/1`);
  expect(text(sample, 4)).toBe('OggS');
  const part = await partner.http.fetch(`${route}/samples/1`, { headers: { Range: 'bytes=100-199' } });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 100-199/${sample.length}`]);
  expect(Buffer.from(await part.arrayBuffer()).equals(sample.subarray(100, 200))).toBe(true);
  expect(text(await bytesOf(partner, `${route}/test-samples/${testSample}`), 4)).toBe('OggS');
  const bundle = await bytesOf(partner, `${route}/samples-bundle`);
  expect(text(bundle, 2)).toBe('PK');
  expect(bundle.includes(sample)).toBe(true);
}

/** Checks that an API with DOWNLOADS=storage redirects to the same bytes under the same file name. */
async function expectRedirects(): Promise<void> {
  const api = await startSecondApi(stack.address, { ...storageEnv(), DOWNLOADS: 'storage' });
  try {
    const url = `${api.address.baseUrl}${partner.route('Zoë 日本')}/samples/1`;
    const headers = { 'X-Api-Key': partner.key };
    const told = await fetch(url, { headers, redirect: 'manual' });
    expect([told.status, told.headers.get('location')?.startsWith(s3.endpoint)]).toEqual([302, true]);
    const followed = await fetch(told.headers.get('location') ?? '');
    expect(followed.headers.get('content-type')).toBe('audio/ogg');
    expect(followed.headers.get('content-disposition')).toContain(
      "filename*=UTF-8''Zo%C3%AB%20%E6%97%A5%E6%9C%AC-1.opus",
    );
    const sample = await bytesOf(partner, `${partner.route('Zoë 日本')}/samples/1`);
    expect(Buffer.from(await followed.arrayBuffer()).equals(sample)).toBe(true);
    const audible = await fetch(`${api.address.baseUrl}${partner.route('Zoë 日本')}?audio_urls=true`, { headers });
    const { samples } = (await audible.json()) as { samples: readonly { url: string }[] };
    const played = await fetch(samples[0]?.url ?? '');
    expect(new URL(played.url).origin).toBe(new URL(s3.endpoint).origin);
    expect(played.headers.get('content-disposition')).toMatch(/^inline;/);
    expect(Buffer.from(await played.arrayBuffer()).equals(sample)).toBe(true);
    const console = await fetch(api.address.baseUrl.replace(/\/api$/, '/'));
    const policy = console.headers.get('content-security-policy') ?? '';
    expect(policy.split('; ')).toContain(`media-src 'self' blob: ${new URL(s3.endpoint).origin}`);
  } finally {
    await api.stop();
  }
}

/** Checks that the URL leads to the API, which can revoke it, needs no key and accepts ranges. */
async function expectSignedZip(url: string): Promise<void> {
  expect(url.startsWith(`${stack.address.baseUrl}/objects/`)).toBe(true);
  const part = await fetch(url, { headers: { Range: 'bytes=0-1' } });
  expect([part.status, await part.text()]).toEqual([206, 'PK']);
  const zip = await fetch(url);
  expect([zip.status, zip.headers.get('content-type')]).toEqual([200, 'application/zip']);
  expect(zip.headers.get('content-disposition')).toContain("filename*=UTF-8''Zo%C3%AB%20%E6%97%A5%E6%9C%AC-kyutai.zip");
  expect(text(Buffer.from(await zip.arrayBuffer()), 2)).toBe('PK');
}

async function expectNoFolderOfObjects(): Promise<void> {
  for (const data of [stack.address.dataDir, path.join(folder.path, 'api'), path.join(folder.path, 'worker')]) {
    await expect(access(path.join(data, 'objects'))).rejects.toMatchObject({ code: 'ENOENT' });
  }
}
