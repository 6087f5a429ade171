/*
 * The README's walk-through with functions that @hey-api/openapi-ts has generated from openapi.json.
 * client.e2e-spec.ts compiles and runs it:
 *   node hey-api-walk.mjs <origin> <partner> <key> <recording>
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { client } from './hey-api/client.gen.js';
import * as timbre from './hey-api/index.js';

const [origin = '', partner = '', key = '', recording = ''] = process.argv.slice(2);
// Both ways to send a key are documented, and this client would use both at once.
client.setConfig({ baseUrl: origin, auth: ({ in: place }) => (place === 'query' ? undefined : key) });
const path = { partner, voice: 'anna' };
const throwOnError = true;

async function until(isDone: (voice: timbre.VoiceDetails) => boolean): Promise<timbre.VoiceDetails> {
  for (;;) {
    const { data } = await timbre.getVoice({ path, throwOnError });
    if (isDone(data)) return data;
    if (data.status.splitting === 'failed' || data.status.embedding === 'failed') throw new Error('failed');
    await sleep(100);
  }
}

const created = await timbre.createVoice({
  path: { partner },
  body: { name: 'anna', creator_name: 'Anna', file: new Blob([await readFile(recording)]) },
  throwOnError,
});

const voice = await until(({ status }) => status.embedding === 'completed');
const index = voice.embedding_info?.sample_scores[0]?.sample_index ?? 1;
const filename = voice.embedding_info?.test_samples[0]?.filename ?? '';

const sample = await timbre.downloadSample({ path: { ...path, index }, throwOnError });
const preview = await timbre.downloadTestSample({ path: { ...path, filename }, throwOnError });
const preferred = await timbre.setPreferredSample({ path, body: { sample_index: 2 }, throwOnError });
const bundle = await timbre.downloadSampleBundle({ path, throwOnError });
const zip = await fetch(voice.embedding_zip_url ?? '');

await timbre.splitVoice({ path, body: { max_samples: 30, sample_duration: 10 }, throwOnError });
const split = await until(({ status }) => status.splitting === 'completed');
await timbre.embedVoice({ path, throwOnError });
const again = await until(({ status }) => status.embedding === 'completed');

const list = await timbre.listVoices({ path: { partner }, throwOnError });
const missing = await timbre.getVoice({ path: { partner, voice: 'nobody' } });

console.log(
  JSON.stringify({
    location: created.response.headers.get('location'),
    samples: voice.samples.length,
    sampleType: sample.data.type,
    previewBytes: preview.data.size > 0,
    preferred: preferred.data.preferred_sample_index,
    bundleType: bundle.data.type,
    zipType: zip.headers.get('content-type'),
    samplesOfSplit: split.samples.length,
    stale: [split.embedding_info?.stale, again.embedding_info?.stale],
    list: list.data.map(({ name }) => name),
    missing: missing.error?.detail,
  }),
);
