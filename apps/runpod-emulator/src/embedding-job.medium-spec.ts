import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { audioTools, levelDecibels } from '../../../test/support/audio-measure.js';
import { EmulatorUnderTest, type Json } from '../test/emulator-under-test.js';
import { opusPieces } from '../test/real-speech.js';
import { longDescribe } from '../../../test/support/test-form.js';
import { zipEntries } from '../../../test/support/zip-entries.js';
import { Ffmpeg } from './engine/ffmpeg.js';
import { medianPitchHz } from './engine/signal/pitch.js';
import { engineSampleRate } from './engine/engine-audio.js';
import type { EmbedOutput1 } from './handler/output.js';
import { sha256Hex } from './handler/signed-objects.js';

longDescribe('an embedding job of version 1 on real speech', () => {
  const emulator = new EmulatorUnderTest();
  const { signal } = new AbortController();
  const object = (name: string): Buffer => emulator.storage.objects.get(`/whole/${name}`)!;
  const pitchOf = (pcm: Float32Array): number => medianPitchHz(pcm, engineSampleRate)!;
  let ffmpeg: Ffmpeg;
  let samples: readonly Buffer[];
  let answer: Json;
  let output: EmbedOutput1;
  beforeAll(async () => {
    ffmpeg = new Ffmpeg(audioTools().ffmpeg.path, 2);
    await emulator.start();
    const [own, foreign] = await Promise.all([opusPieces('fr', 8, 'anull', 4), opusPieces('it', 8, 'anull', 1)]);
    samples = [own[0]!, foreign[0]!, own[1]!, own[2]!, own[3]!];
    answer = await emulator.until(await emulator.run(emulator.request('whole', samples)), 'COMPLETED');
    output = answer['output'] as EmbedOutput1;
  });
  afterAll(() => emulator.stop());

  it('returns the output of the contract, with the name of its engine', () => {
    expect(output).toMatchObject({ version: 1, job: 'job-of-whole', tts_type: 'kyutai' });
    expect(output.engine).toEqual({ name: 'acoustic-baseline', version: '2', scorer: 'bhattacharyya-median-channel' });
    expect(answer['executionTime']).toBeGreaterThan(0);
  });

  it('scores another speaker lowest', () => {
    expect(output.sample_scores.map(({ sample_index }) => sample_index)).toEqual([1, 2, 3, 4, 5]);
    const scores = output.sample_scores.map(({ score }) => score);
    expect(scores.indexOf(Math.min(...scores))).toBe(1);
    expect(scores[1]).toBeLessThan(0.6);
    expect(scores[0]).toBeGreaterThan(0.7);
  });

  it('uploads an uncompressed zip with manifest and embeddings', () => {
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

  it('speaks two audible test samples per sample, at its pitch', async () => {
    expect(output.test_samples).toHaveLength(10);
    const pitches = await Promise.all(samples.map(async (opus) => pitchOf(await ffmpeg.decode(opus, signal))));
    for (const { sample_index, sentence_index, duration, bytes, sha256 } of output.test_samples) {
      const opus = object(`test_${sample_index}_${sentence_index}`);
      expect([opus.length, sha256Hex(opus)]).toEqual([bytes, sha256]);
      expect(opus.subarray(0, 4).toString()).toBe('OggS');
      const spoken = await ffmpeg.decode(opus, signal);
      expect(Math.abs(spoken.length / engineSampleRate - duration)).toBeLessThan(0.02);
      expect(duration).toBeGreaterThan(1);
      expect(levelDecibels(spoken)).toBeGreaterThan(-35);
      expect(Math.abs(pitchOf(spoken) / pitches[sample_index - 1]! - 1)).toBeLessThan(0.12);
    }
  });

  it('uploads the output last, and /status returns the same', () => {
    expect(emulator.storage.puts.filter((path) => path.startsWith('/whole/')).at(-1)).toBe('/whole/output.json');
    expect(JSON.parse(object('output.json').toString())).toEqual(output);
  });

  it('uploads only the objects of the input', () => {
    const written = emulator.storage.puts.filter((path) => path.startsWith('/whole/'));
    expect(written).toHaveLength(12);
    expect(new Set(written).size).toBe(12);
  });

  it('speaks only test samples that have a URL', async () => {
    const request = emulator.request('fewer', samples.slice(0, 2));
    const results = (request['input'] as Json)['results'] as { test_samples: unknown[] };
    results.test_samples.splice(1);
    const done = await emulator.until(await emulator.run(request), 'COMPLETED');
    expect((done['output'] as EmbedOutput1).test_samples).toHaveLength(1);
  });

  it('fails with an error string like RunPod’s if a sample has another hash', async () => {
    const request = emulator.request('swapped', samples.slice(0, 2));
    emulator.storage.objects.set('/swapped/sample-2', samples[4]!);
    const failed = await emulator.until(await emulator.run(request), 'FAILED');
    const error = JSON.parse(failed['error'] as string) as Json;
    expect(error['error_message']).toBe('Sample 2 has another SHA-256 than the input says');
    expect(emulator.storage.objects.has('/swapped/output.json')).toBe(false);
  });

  it('fails for an unknown input', async () => {
    const failed = await emulator.until(await emulator.run({ input: { version: 7 } }), 'FAILED');
    expect(failed['error']).toContain('input.version must be 1 or 2, not 7');
  });

  it('fails for a sample that is not audio', async () => {
    const failed = await emulator.until(await emulator.run(emulator.request('junk', [Buffer.from('junk')])), 'FAILED');
    expect(failed['error']).toContain('Sample 1 cannot be decoded');
  });

  it('retries an upload after a 503', async () => {
    emulator.storage.failingPuts = 1;
    await emulator.until(await emulator.run(emulator.request('again', samples.slice(0, 1))), 'COMPLETED');
    expect(emulator.storage.failingPuts).toBe(0);
  });
});
