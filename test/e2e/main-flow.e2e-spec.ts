import { stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AudioTools } from '#libs/audio';
import {
  audioTools,
  correlation,
  decode,
  differenceDecibels,
  energyEnvelope,
  makeAudio,
  speech,
  temporaryFolder,
} from '../support/audio-measure.js';
import { pickOfForm, rowsOfForm } from '../support/test-form.js';
import { makePartner, sharedStack, type TestPartner } from '../support/shared-stack.js';
import {
  bytesOf,
  createVoice,
  details,
  downloadSample,
  finishedVoice,
  settled,
  type Details,
} from '../support/voices.js';
import { behave } from './contract/emulated.js';

const samplesPerSecond = 48_000;

let partner: TestPartner;
/** The emulator makes up its embeddings: the format of a recording changes nothing for the GPU side. */
let madeUp: TestPartner;
let tools: AudioTools;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  folder = await temporaryFolder();
  const stack = sharedStack();
  [partner, madeUp] = await Promise.all([makePartner(stack), makePartner(stack)]);
  tools = audioTools();
  await behave(stack, { partner: madeUp.name }, { kind: 'instant', afterMs: 200 });
});
afterAll(() => folder.remove());

/** Checks everything the contract promises of a finished voice whose recording is `source`. */
async function expectFinished(by: TestPartner, voice: Details, source: string, sampleCount: number): Promise<void> {
  expect(voice.status).toEqual({ splitting: 'completed', embedding: 'completed' });
  expect(voice.errors).toEqual({ splitting: null, embedding: null });
  expect(voice.warnings).toEqual([]);
  expect(voice.progress).toBeNull();
  expect(voice.samples.map((sample) => sample.index)).toEqual(Array.from({ length: sampleCount }, (_, at) => at + 1));
  expect(voice.samples.map((sample) => sample.source_timestamp)).toEqual(
    Array.from({ length: sampleCount }, (_, at) => timestamp(at * 15)),
  );
  expectScores(voice, sampleCount);
  await expectSamplesOfTheirMoment(by, voice, source);
  await expectEveryNamedFile(by, voice);
}

const timestamp = (seconds: number): string =>
  [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, '0')).join(':');

function expectScores(voice: Details, sampleCount: number): void {
  const scores = voice.embedding_info?.sample_scores ?? [];
  expect(new Set(scores.map((score) => score.sample_index)).size).toBe(sampleCount);
  const values = scores.map((score) => score.score);
  expect(values).toEqual([...values].sort((a, b) => b - a));
  expect(new Set(values).size).toBeGreaterThan(1);
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1);
  expect(voice.preferred_sample_index).toBe(scores[0]?.sample_index);
}

async function expectSamplesOfTheirMoment(by: TestPartner, voice: Details, source: string): Promise<void> {
  const recording = await decode(tools, source);
  for (const { index, duration } of voice.samples) {
    const file = await downloadSample(by, voice.name, index, folder.path);
    const audio = await decode(tools, file);
    expect(audio.length).toBe(duration * samplesPerSecond);
    const start = (index - 1) * 15 * samplesPerSecond;
    const moment = recording.subarray(start, start + audio.length);
    expect(correlation(energyEnvelope(audio), energyEnvelope(moment))).toBeGreaterThan(0.98);
    const { size } = await stat(file);
    const kilobitsPerSecond = (size * 8) / 1000 / duration;
    expect(kilobitsPerSecond).toBeLessThanOrEqual(106);
    expect(kilobitsPerSecond).toBeGreaterThanOrEqual(60);
  }
}

async function expectEveryNamedFile(by: TestPartner, voice: Details): Promise<void> {
  const tests = voice.embedding_info?.test_samples ?? [];
  expect(tests).toHaveLength(voice.samples.length * 2);
  for (const { filename } of tests) {
    const bytes = await bytesOf(by, `${by.route(voice.name)}/test-samples/${filename}`);
    expect(bytes.subarray(0, 4).toString()).toBe('OggS');
  }
  const zip = await fetch(voice.embedding_zip_url ?? '');
  expect(zip.status).toBe(200);
  expect(zip.headers.get('content-type')).toBe('application/zip');
  expect(
    Buffer.from(await zip.arrayBuffer())
      .subarray(0, 2)
      .toString(),
  ).toBe('PK');
}

describe('POST voices', () => {
  // At least three samples: two are equally like each other.
  const languages = [
    ['en', 5],
    ['es', 3],
    ['fr', 3],
    ['it', 3],
    ['ru', 3],
  ] as const;
  it.each(rowsOfForm(languages, ['es']))(
    'creates a complete voice from speech (%s, %d samples)',
    async (language, samples) => {
      const source = path.join(folder.path, `${language}.flac`);
      await makeAudio(tools, ['-i', speech(language), '-t', String(15 * samples + 1), source]);
      await expectFinished(partner, await finishedVoice(partner, `speaker ${language}`, source), source, samples);
    },
  );

  const formats = [
    ['speech.mp3', ['-c:a', 'libmp3lame', '-b:a', '128k']],
    ['speech.m4a', ['-c:a', 'aac', '-b:a', '128k']],
    ['speech.ogg', ['-c:a', 'libopus', '-b:a', '64k']],
    ['speech.webm', ['-c:a', 'libopus', '-b:a', '64k']],
    ['speech.wav', ['-ar', '44100', '-ac', '2']],
  ] as const;
  it.each(rowsOfForm(formats, ['speech.webm']))('creates a complete voice from %s', async (name, encoding) => {
    const source = path.join(folder.path, name);
    await makeAudio(tools, ['-i', speech('en'), '-t', '35', ...encoding, source]);
    await expectFinished(madeUp, await finishedVoice(madeUp, name, source), source, 2);
  });
});

describe('a sample', () => {
  it('sounds like the original from its first milliseconds', async () => {
    const joins = pickOfForm(2, 4);
    const recording = path.join(folder.path, 'first milliseconds.flac');
    await makeAudio(tools, ['-i', speech('it'), '-t', String(15 * joins + 1), recording]);
    const voice = await finishedVoice(madeUp, 'first milliseconds', recording);
    const first = await decode(tools, await downloadSample(madeUp, voice.name, 1, folder.path));
    expect(first.length).toBe(15 * samplesPerSecond);
    // The second split cuts the stored original into one long sample, which the short ones are compared with.
    await madeUp.http.post(`${madeUp.route(voice.name)}/split`, new URLSearchParams({ sample_duration: '60' }));
    await settled(madeUp, voice.name);
    const long = await decode(tools, await downloadSample(madeUp, voice.name, 1, folder.path));
    expect(long.length).toBe(Math.min(60, 15 * joins + 1) * samplesPerSecond);
    await madeUp.http.post(`${madeUp.route(voice.name)}/split`, new URLSearchParams({ sample_duration: '15' }));
    await settled(madeUp, voice.name);
    const milliseconds200 = samplesPerSecond / 5;
    for (let index = 1; index <= joins; index += 1) {
      const sample = await decode(tools, await downloadSample(madeUp, voice.name, index, folder.path));
      const start = (index - 1) * 15 * samplesPerSecond;
      const expected = long.subarray(start, start + milliseconds200);
      expect(differenceDecibels(sample.subarray(0, milliseconds200), expected)).toBeLessThan(-40);
    }
  });
});

describe('the example of the documentation', () => {
  let recording: string;
  beforeAll(async () => {
    recording = path.join(folder.path, 'recording.wav');
    const inputs = (['en', 'es', 'fr'] as const).flatMap((language) => ['-i', speech(language)]);
    await makeAudio(tools, [...inputs, '-filter_complex', 'concat=n=3:v=0:a=1', '-t', '185.4', recording]);
  });

  it('returns the documented JSON and cuts 185.4 s into 12 samples', async () => {
    const created = await createVoice(madeUp, 'speaker-1', recording, {
      creator_name: 'John',
      creator_email: 'john@example.com',
    });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`/api${madeUp.route('speaker-1')}`);
    expect(created.body).toMatchObject({
      name: 'speaker-1',
      original_filename: 'recording.opus',
      original_uploaded_name: 'recording.wav',
      original_duration: 185.4,
      status: { splitting: 'in_progress', embedding: 'idle' },
      samples: [],
      embedding_info: null,
      embedding_type: 'kyutai',
      embedding_zip_url: null,
      preferred_sample_index: null,
      creator_name: 'John',
      creator_email: 'john@example.com',
    });

    const voice = await settled(madeUp, 'speaker-1');
    expect(voice).toMatchObject({
      name: 'speaker-1',
      original_filename: 'recording.opus',
      original_uploaded_name: 'recording.wav',
      original_duration: 185.4,
      status: { splitting: 'completed', embedding: 'completed' },
      embedding_type: 'kyutai',
      creator_name: 'John',
      creator_email: 'john@example.com',
    });
    expect(voice.samples).toHaveLength(12);
    const quality = expect.objectContaining({ grade: expect.any(String) });
    expect(voice.samples.slice(0, 2)).toEqual([
      { index: 1, source_timestamp: '00:00', start: 0, duration: 15, quality },
      { index: 2, source_timestamp: '00:15', start: 15, duration: 15, quality },
    ]);
    expect(voice.embedding_info).toMatchObject({ tts_type: 'kyutai', last_update_status: 'success', stale: false });
    expect(voice.embedding_info?.last_update_time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(voice.embedding_info?.test_samples[0]).toEqual({
      sample_index: 1,
      sentence_index: 1,
      filename: 'test_1_1.opus',
    });
    expect(Object.keys(voice.embedding_info?.sample_scores[0] ?? {})).toEqual(['sample_index', 'score']);

    const list = await madeUp.http.get<{ name: string }[]>(madeUp.route());
    expect(list.body.find((row) => row.name === 'speaker-1')).toEqual({
      id: voice.id,
      name: 'speaker-1',
      has_original: true,
      sample_count: 12,
      splitting_status: 'completed',
      embedding_status: 'completed',
      creator_name: 'John',
      creator_email: 'john@example.com',
      original_duration: 185.4,
      preferred_sample_index: voice.preferred_sample_index,
      language: 'en',
      labels: {},
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
  });

  it('cuts 8 s into one sample of 8 s', async () => {
    const short = path.join(folder.path, 'short.wav');
    await makeAudio(tools, ['-i', speech('ru'), '-t', '8', short]);
    const voice = await finishedVoice(madeUp, 'short', short);
    expect(voice.status).toEqual({ splitting: 'completed', embedding: 'completed' });
    expect(voice.samples).toEqual([
      { index: 1, source_timestamp: '00:00', start: 0, duration: 8, quality: expect.any(Object) },
    ]);
    const audio = await decode(tools, await downloadSample(madeUp, 'short', 1, folder.path));
    expect(audio.length).toBe(8 * samplesPerSecond);
  });
});

describe('GET voice', () => {
  it('never shows a new voice unlocked before its embedding has ended', async () => {
    const short = path.join(folder.path, 'never unlocked.wav');
    await makeAudio(tools, ['-i', speech('fr'), '-t', '20', short]);
    await createVoice(madeUp, 'never unlocked', short);
    for (let unlocked = false; !unlocked;) {
      const { status } = await details(madeUp, 'never unlocked');
      unlocked = status.splitting !== 'in_progress' && status.embedding !== 'in_progress';
      if (unlocked) expect(status).toEqual({ splitting: 'completed', embedding: 'completed' });
    }
  });
});
