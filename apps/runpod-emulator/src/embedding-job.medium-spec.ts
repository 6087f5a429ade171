import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { levelDecibels } from '../../../test/support/audio-measure.js';
import { EmulatorUnderTest, type Json } from '../test/emulator-under-test.js';
import { findFfmpeg } from '../test/find-ffmpeg.js';
import { opusPieces } from '../test/real-speech.js';
import { zipEntries } from '../test/zip-entries.js';
import { Ffmpeg } from './engine/ffmpeg.js';
import { medianPitchHz } from './engine/pitch.js';
import { ENGINE_SAMPLE_RATE } from './engine/engine-audio.js';
import type { EmbedOutput } from './handler/embed-output.js';
import { sha256Hex } from './handler/signed-objects.js';

describe('an embedding job on real speech', () => {
  const emulator = new EmulatorUnderTest();
  const { signal } = new AbortController();
  const object = (name: string): Buffer => emulator.storage.objects.get(`/whole/${name}`)!;
  let ffmpeg: Ffmpeg;
  let samples: readonly Buffer[];
  let answer: Json;
  let output: EmbedOutput;
  beforeAll(async () => {
    ffmpeg = new Ffmpeg(await findFfmpeg(), 2);
    await emulator.start();
    const [own, foreign] = await Promise.all([opusPieces('fr', 15), opusPieces('it', 15)]);
    samples = [own[0]!, foreign[0]!, own[1]!, own[2]!, own[3]!];
    answer = await emulator.until(await emulator.run(emulator.request('whole', samples)), 'COMPLETED');
    output = answer['output'] as EmbedOutput;
  });
  afterAll(() => emulator.stop());

  it('answers what the contract says, with the engine’s honest name', () => {
    expect(output).toMatchObject({ version: 1, job: 'job-of-whole', tts_type: 'kyutai' });
    expect(output.engine).toEqual({ name: 'acoustic-baseline', version: '2', scorer: 'bhattacharyya-median-channel' });
    expect(answer['executionTime']).toBeGreaterThan(0);
  });

  it('scores the stranger lowest', () => {
    expect(output.sample_scores.map(({ sample_index }) => sample_index)).toEqual([1, 2, 3, 4, 5]);
    const scores = output.sample_scores.map(({ score }) => score);
    expect(scores.indexOf(Math.min(...scores))).toBe(1);
    expect(scores[1]).toBeLessThan(0.6);
    expect(scores[0]).toBeGreaterThan(0.7);
  });

  it('writes a stored zip of manifest and embeddings', () => {
    const zip = object('zip');
    expect(output.embedding_zip).toEqual({ bytes: zip.length, sha256: sha256Hex(zip) });
    expect(emulator.storage.types.get('/whole/zip')).toBe('application/zip');
    const entries = zipEntries(zip);
    expect([...entries.keys()]).toEqual([
      'manifest.json',
      ...[1, 2, 3, 4, 5].map((index) => `embeddings/${index}.safetensors`),
    ]);
    expect(JSON.parse(entries.get('manifest.json')!.toString())).toEqual({
      version: 1,
      tts_type: 'kyutai',
      engine: { name: 'acoustic-baseline', version: '2' },
      scorer: 'bhattacharyya-median-channel',
      samples: output.sample_scores.map(({ sample_index: index, score }) => ({
        index,
        sha256: sha256Hex(samples[index - 1]!),
        file: `embeddings/${index}.safetensors`,
        score,
      })),
    });
    expect(entries.get('embeddings/1.safetensors')!.length).toBeGreaterThan((15 + 15 * 15) * 4);
  });

  it('speaks two audible test samples a sample, at its own pitch', async () => {
    expect(output.test_samples).toHaveLength(10);
    for (const { sample_index, sentence_index, duration, bytes, sha256 } of output.test_samples) {
      const opus = object(`test_${sample_index}_${sentence_index}`);
      expect([opus.length, sha256Hex(opus)]).toEqual([bytes, sha256]);
      expect(opus.subarray(0, 4).toString()).toBe('OggS');
      const spoken = await ffmpeg.decode(opus, signal);
      expect(Math.abs(spoken.length / ENGINE_SAMPLE_RATE - duration)).toBeLessThan(0.02);
      expect(duration).toBeGreaterThan(1);
      expect(levelDecibels(spoken)).toBeGreaterThan(-35);
      const own = medianPitchHz(await ffmpeg.decode(samples[sample_index - 1]!, signal), ENGINE_SAMPLE_RATE)!;
      expect(Math.abs(medianPitchHz(spoken, ENGINE_SAMPLE_RATE)! / own - 1)).toBeLessThan(0.12);
    }
  });

  it('writes the output last, and it is what /status says', () => {
    expect(emulator.storage.puts.filter((path) => path.startsWith('/whole/')).at(-1)).toBe('/whole/output.json');
    expect(JSON.parse(object('output.json').toString())).toEqual(output);
  });

  it('writes nothing but what it was given a URL for', () => {
    const written = emulator.storage.puts.filter((path) => path.startsWith('/whole/'));
    expect(written).toHaveLength(12);
    expect(new Set(written).size).toBe(12);
  });

  it('speaks only the test samples that have a URL', async () => {
    const request = emulator.request('fewer', samples.slice(0, 2));
    const results = (request['input'] as Json)['results'] as { test_samples: unknown[] };
    results.test_samples.splice(1);
    const done = await emulator.until(await emulator.run(request), 'COMPLETED');
    expect((done['output'] as EmbedOutput).test_samples).toHaveLength(1);
  });

  it('fails with RunPod’s error string when a sample is not what was promised', async () => {
    const request = emulator.request('swapped', samples.slice(0, 2));
    emulator.storage.objects.set('/swapped/sample-2', samples[4]!);
    const failed = await emulator.until(await emulator.run(request), 'FAILED');
    const error = JSON.parse(failed['error'] as string) as Json;
    expect(error['error_message']).toBe('Sample 2 has another SHA-256 than the input says');
    expect(emulator.storage.objects.has('/swapped/output.json')).toBe(false);
  });

  it('fails on an input it does not know', async () => {
    const failed = await emulator.until(await emulator.run({ input: { version: 7 } }), 'FAILED');
    expect(failed['error']).toContain('input.version must be 1, not 7');
  });

  it('fails on a sample that is no audio', async () => {
    const failed = await emulator.until(await emulator.run(emulator.request('junk', [Buffer.from('junk')])), 'FAILED');
    expect(failed['error']).toContain('ffmpeg ended with');
  });

  it('tries an upload again that the storage could not take', async () => {
    emulator.storage.failingPuts = 1;
    await emulator.until(await emulator.run(emulator.request('again', samples.slice(0, 1))), 'COMPLETED');
    expect(emulator.storage.failingPuts).toBe(0);
  });
});
