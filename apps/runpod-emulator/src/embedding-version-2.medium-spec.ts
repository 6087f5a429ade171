import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { audioTools, levelDecibels } from '../../../test/support/audio-measure.js';
import { EmulatorUnderTest, type Json } from '../test/emulator-under-test.js';
import { opusOf, opusPieces } from '../test/real-speech.js';
import { engineSampleRate } from './engine/engine-audio.js';
import { Ffmpeg } from './engine/ffmpeg.js';
import { safetensorsMetadata } from './engine/safetensors.js';
import { medianPitchHz } from './engine/signal/pitch.js';
import type { EmbedOutput2, SpeakOutput } from './handler/output.js';
import { sha256Hex } from './handler/signed-objects.js';

describe('a job of version 2 on real speech', () => {
  const emulator = new EmulatorUnderTest();
  const { signal } = new AbortController();
  const object = (name: string, voice = 'whole'): Buffer => emulator.storage.objects.get(`/${voice}/${name}`)!;
  let ffmpeg: Ffmpeg;
  let samples: readonly Buffer[];
  let output: EmbedOutput2;
  const pitchOf = async (opus: Buffer): Promise<number> =>
    medianPitchHz(await ffmpeg.decode(opus, signal), engineSampleRate)!;

  beforeAll(async () => {
    ffmpeg = new Ffmpeg(audioTools().ffmpeg.path, 2);
    await emulator.start();
    const [own, foreign, silence] = await Promise.all([
      opusPieces('fr', 5, 'anull', 3),
      opusPieces('it', 5, 'anull', 1),
      opusOf('anullsrc', 5),
    ]);
    const [first, second, third] = own;
    const junk = Buffer.from('junk');
    samples = [first!, second!, foreign[0]!, silence, junk, second!, third!, third!];
    const request = emulator.request2('whole', samples);
    emulator.storage.objects.set('/whole/sample-6', first!);
    emulator.storage.objects.delete('/whole/sample-8');
    output = (await emulator.until(await emulator.run(request), 'COMPLETED'))['output'] as EmbedOutput2;
  });
  afterAll(() => emulator.stop());

  it('returns the output of the contract, with engine, model and scorer', () => {
    expect(output).toMatchObject({ version: 2, job: 'job-of-whole', tts_type: 'kyutai' });
    expect(output.engine).toEqual({
      name: 'acoustic-baseline',
      version: '2',
      model: 'cepstral-gaussian',
      revision: '1',
      scorer: 'bhattacharyya-median-channel@2',
    });
    expect(output.measures).toMatchObject({ device: 'cpu', compared_with: 'others' });
    for (const stage of ['embedding', 'testing', 'scoring']) {
      expect(output.measures.seconds[stage]).toBeGreaterThanOrEqual(0);
    }
  });

  it('uploads one embedding for each sound sample, as safetensors with their facts', () => {
    expect(output.embeddings.map(({ sample_index }) => sample_index)).toEqual([1, 2, 3, 7]);
    for (const { sample_index, bytes, sha256, seconds_used } of output.embeddings) {
      const file = object(`embedding_${sample_index}`);
      expect([file.length, sha256Hex(file)]).toEqual([bytes, sha256]);
      expect(emulator.storage.types.get(`/whole/embedding_${sample_index}`)).toBe('application/octet-stream');
      expect(seconds_used).toBeCloseTo(5, 1);
      expect(safetensorsMetadata(file)).toMatchObject({
        engine: 'acoustic-baseline',
        model: 'cepstral-gaussian',
        language: 'fr',
        sample_sha256: sha256Hex(samples[sample_index - 1]!),
      });
    }
  });

  it('names each failed sample with a reason, and makes nothing of it', () => {
    expect(output.failed_samples).toEqual([
      { sample_index: 4, code: 'no_speech', message: 'Sample 4 is silent' },
      { sample_index: 5, code: 'damaged', message: 'Sample 5 cannot be decoded' },
      { sample_index: 6, code: 'wrong_sha256', message: 'Sample 6 has another SHA-256 than the input says' },
      { sample_index: 8, code: 'download_failed', message: 'Sample 8 could not be downloaded: HTTP 404' },
    ]);
    const written = emulator.storage.puts.filter((path) => path.startsWith('/whole/'));
    expect(written.filter((path) => /_[4568](_|$)/.test(path))).toEqual([]);
    expect(written).toHaveLength(4 + 8 + 1);
  });

  it('scores the samples that have an embedding, another speaker lowest', () => {
    expect(output.sample_scores.map(({ sample_index }) => sample_index)).toEqual([1, 2, 3, 7]);
    const scores = output.sample_scores.map(({ score }) => score);
    expect(scores.indexOf(Math.min(...scores))).toBe(2);
  });

  it('uploads the output last, and /status returns the same', () => {
    expect(emulator.storage.puts.filter((path) => path.startsWith('/whole/')).at(-1)).toBe('/whole/output.json');
    expect(JSON.parse(object('output.json').toString())).toEqual(output);
  });

  it('speaks a text with an embedding, at the pitch of its sample', async () => {
    const request = emulator.speakRequest('spoken', object('embedding_1'));
    const done = await emulator.until(await emulator.run(request), 'COMPLETED');
    const { speech, engine } = done['output'] as SpeakOutput;
    const audio = object('speech', 'spoken');
    expect([speech.bytes, speech.sha256]).toEqual([audio.length, sha256Hex(audio)]);
    expect(engine).toEqual(output.engine);
    expect(JSON.parse(object('output.json', 'spoken').toString())).toEqual(done['output']);
    const pcm = await ffmpeg.decode(audio, signal);
    expect(Math.abs(pcm.length / engineSampleRate - speech.duration)).toBeLessThan(0.02);
    expect(levelDecibels(pcm)).toBeGreaterThan(-35);
    expect(Math.abs((await pitchOf(audio)) / (await pitchOf(samples[0]!)) - 1)).toBeLessThan(0.12);
  });

  it.each<[string, (request: { embedding: Json }) => void, string]>([
    ['of another engine', () => undefined, 'The embedding was made by another engine or model'],
    ['of another size', ({ embedding }) => (embedding['bytes'] = 1), 'The embedding has another size than the input'],
    ['of another hash', ({ embedding }) => (embedding['sha256'] = '0'.repeat(64)), 'The embedding has another SHA-256'],
  ])('speak fails with a sentence for an embedding %s', async (name, change, sentence) => {
    const foreign = Buffer.from(object('embedding_1').toString('latin1').replace('cepstral-g', 'another-g_'), 'latin1');
    const request = emulator.speakRequest(`refused ${name}`, foreign);
    change(request['input'] as { embedding: Json });
    const { error } = await emulator.until(await emulator.run(request), 'FAILED');
    expect(error).toContain(sentence);
  });

  it('fails the job if every sample fails, with the first reason', async () => {
    const request = emulator.request2('hopeless', [samples[4]!, samples[3]!]);
    const { error } = await emulator.until(await emulator.run(request), 'FAILED');
    expect(error).toContain('No sample can be embedded. Sample 1 cannot be decoded');
    expect(emulator.storage.puts.filter((path) => path.startsWith('/hopeless/'))).toEqual([]);
  });

  it('compares a single sample with itself, and says so', async () => {
    const done = await emulator.until(
      await emulator.run(emulator.request2('single', samples.slice(0, 1))),
      'COMPLETED',
    );
    const { measures, sample_scores } = done['output'] as EmbedOutput2;
    expect(measures.compared_with).toBe('itself');
    expect(sample_scores).toHaveLength(1);
  });

  it('fails the job if an embedding may not be uploaded', async () => {
    const request = emulator.request2('expired', samples.slice(0, 2));
    emulator.storage.refusedPuts.add('/expired/embedding_2');
    const { error } = await emulator.until(await emulator.run(request), 'FAILED');
    expect(error).toContain('The embedding of sample 2 could not be uploaded: HTTP 403');
  });
});
