/*
 * The README's walk-through as a TypeScript program, written from openapi.json alone: its types are generated, so it
 * compiles only while the document says what this program needs. client.e2e-spec.ts compiles and runs it:
 *   node openapi-fetch-walk.mjs <origin> <partner> <key> <recording>
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import createClient from 'openapi-fetch';
import type { components, paths } from './timbre-api.js';

type Voice = components['schemas']['VoiceDetails'];

const [origin = '', partner = '', key = '', recording = ''] = process.argv.slice(2);
const timbre = createClient<paths>({ baseUrl: origin, headers: { 'X-Api-Key': key } });
const path = { partner, voice: 'anna' };

/** Multipart, whose boundary fetch itself makes. */
function form(fields: object): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields) as [string, string | Blob][]) data.set(name, value);
  return data;
}

/** Returns the body of a response. @throws Error with the sentence of the API, if the request failed */
function good<T>(answer: { data?: T; error?: { detail: string } }): T {
  if (answer.data === undefined) throw new Error(answer.error?.detail);
  return answer.data;
}

async function until(isDone: (voice: Voice) => boolean): Promise<Voice> {
  for (;;) {
    const voice = good(await timbre.GET('/api/voices/{partner}/{voice}', { params: { path } }));
    if (isDone(voice)) return voice;
    if (voice.status.splitting === 'failed' || voice.status.embedding === 'failed') throw new Error('failed');
    await sleep(100);
  }
}

const created = await timbre.POST('/api/voices/{partner}', {
  params: { path: { partner } },
  body: { name: 'anna', creator_name: 'Anna', file: new Blob([await readFile(recording)]) },
  bodySerializer: form,
});
good(created);

const voice = await until(({ status }) => status.embedding === 'completed');
const [best] = voice.embedding_info?.sample_scores ?? [];

const sample = good(
  await timbre.GET('/api/voices/{partner}/{voice}/samples/{index}', {
    params: { path: { ...path, index: best?.sample_index ?? 1 } },
    parseAs: 'blob',
  }),
);
const preview = good(
  await timbre.GET('/api/voices/{partner}/{voice}/test-samples/{filename}', {
    params: { path: { ...path, filename: voice.embedding_info?.test_samples[0]?.filename ?? '' } },
    parseAs: 'blob',
  }),
);

const preferred = good(
  await timbre.PUT('/api/voices/{partner}/{voice}/preferred-sample', {
    params: { path },
    body: { sample_index: 2 },
  }),
);

const bundle = good(
  await timbre.GET('/api/voices/{partner}/{voice}/samples-bundle', { params: { path }, parseAs: 'blob' }),
);
const zip = await fetch(voice.embedding_zip_url ?? '');

good(
  await timbre.POST('/api/voices/{partner}/{voice}/split', {
    params: { path },
    body: { max_samples: 30, sample_duration: 10 },
  }),
);
const split = await until(({ status }) => status.splitting === 'completed');
good(await timbre.POST('/api/voices/{partner}/{voice}/embed', { params: { path } }));
const again = await until(({ status }) => status.embedding === 'completed');

const list = good(await timbre.GET('/api/voices/{partner}', { params: { path: { partner } } }));
const missing = await timbre.GET('/api/voices/{partner}/{voice}', { params: { path: { partner, voice: 'nobody' } } });

console.log(
  JSON.stringify({
    location: created.response.headers.get('location'),
    samples: voice.samples.length,
    sampleType: sample.type,
    previewBytes: preview.size > 0,
    preferred: preferred.preferred_sample_index,
    bundleType: bundle.type,
    zipType: zip.headers.get('content-type'),
    samplesOfSplit: split.samples.length,
    stale: [split.embedding_info?.stale, again.embedding_info?.stale],
    list: list.map(({ name }) => name),
    missing: missing.error?.detail,
  }),
);
