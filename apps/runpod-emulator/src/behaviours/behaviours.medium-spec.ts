import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EmulatorUnderTest, eventually, type Json } from '../../test/emulator-under-test.js';
import { embeddingFile } from '../engine/embedding-file.js';
import { opusDurationSeconds } from '../engine/opus-duration.js';
import type { EmbedOutput1, EmbedOutput2 } from '../handler/output.js';
import { sha256Hex } from '../handler/signed-objects.js';
import type { Behaviour } from './behaviour.js';
import { malformations, malformations2, speechMalformations, type Malformation } from './malformation.js';

const noAudio = [Buffer.from('never listened to'), Buffer.from('nor this')];
const instant = { kind: 'instant', afterMs: 0 } as const;

const version1 = (emulator: EmulatorUnderTest, voice: string): Json => emulator.request(voice, noAudio);
const version2 = (emulator: EmulatorUnderTest, voice: string): Json => emulator.request2(voice, noAudio);
const speech = (emulator: EmulatorUnderTest, voice: string): Json =>
  emulator.speakRequest(voice, embeddingFile({ mean: new Float64Array(1), covariance: new Float64Array(1) }, constant));
const constant = { engine: 'instant-constant', model: 'constant', median_pitch: '' };

const missingObjects = new Map<Malformation, readonly string[]>([
  ['missing_embedding', ['zip', 'embedding_1']],
  ['missing_test_sample', ['test_1_1']],
  ['missing_speech', ['speech']],
]);

describe('behaviours', () => {
  const emulator = new EmulatorUnderTest();
  const { storage } = emulator;
  const run = (voice: string, more: Json = {}): Promise<string> => emulator.run(emulator.request(voice, noAudio, more));
  const submit = (voice: string) => emulator.send('POST', '/v2/e1/run', emulator.request(voice, noAudio));
  const webhookCount = (voice: string): number =>
    storage.webhooks.filter(({ path }) => path === `/hooks/${voice}`).length;
  const writtenOutput = (voice: string): unknown =>
    JSON.parse(storage.objects.get(`/${voice}/output.json`)!.toString());
  const completed = async (voice: string, ...behaviours: readonly Behaviour[]): Promise<Json> => {
    await emulator.misbehave(voice, instant, ...behaviours);
    return emulator.until(await run(voice), 'COMPLETED');
  };
  beforeAll(() => emulator.start());
  afterAll(() => emulator.stop());

  it('instant makes up results, in valid files', async () => {
    const output = (await completed('instant'))['output'] as EmbedOutput1;
    expect(output.engine.name).toBe('instant-constant');
    expect(output.embedding_zip.sha256).toBe(sha256Hex(storage.objects.get('/instant/zip')!));
    expect(output.sample_scores).toHaveLength(2);
    for (const { sample_index, sentence_index, duration } of output.test_samples) {
      const opus = storage.objects.get(`/instant/test_${sample_index}_${sentence_index}`)!;
      expect(opusDurationSeconds(opus)).toBeCloseTo(duration, 3);
    }
    expect(writtenOutput('instant')).toEqual(output);
  });

  it('answer fails /run as often as set, without accepting a job', async () => {
    for (const status of [400, 401, 429, 500, 503]) {
      await emulator.misbehave('refused', { kind: 'answer', on: 'run', status, accepts: false, times: 2 });
      expect([(await submit('refused')).status, (await submit('refused')).status]).toEqual([status, status]);
    }
    expect(await emulator.jobs('refused')).toEqual([]);
    expect((await submit('refused')).status).toBe(200);
    expect(await emulator.jobs('refused')).toHaveLength(1);
  });

  it('drop closes the connection, before or after it accepts the job', async () => {
    await emulator.misbehave('before', { kind: 'drop', on: 'run', accepts: false, times: 1 });
    await emulator.misbehave('after', instant, { kind: 'drop', on: 'run', accepts: true, times: 1 });
    await expect(submit('before')).rejects.toThrow('fetch failed');
    await expect(submit('after')).rejects.toThrow('fetch failed');
    expect(await emulator.jobs('before')).toEqual([]);
    expect(await emulator.jobs('after')).toHaveLength(1);
    await eventually(() => webhookCount('after') === 1);
  });

  it('answer with accepts accepts a job and responds with 502', async () => {
    await emulator.misbehave('unsure', instant, { kind: 'answer', on: 'run', status: 502, accepts: true, times: 1 });
    expect(await submit('unsure')).toEqual({ status: 502, body: { text: expect.stringContaining('<html>') } });
    await eventually(() => storage.objects.has('/unsure/output.json'));
  });

  it('answer fails /status and /cancel', async () => {
    await emulator.misbehave(
      'blind',
      { kind: 'hold' },
      { kind: 'answer', on: 'status', status: 500, accepts: false, times: 1 },
      { kind: 'drop', on: 'status', accepts: false, times: 1 },
      { kind: 'answer', on: 'cancel', status: 400, accepts: false },
    );
    const id = await run('blind');
    expect((await emulator.status(id)).status).toBe(500);
    await expect(emulator.status(id)).rejects.toThrow('fetch failed');
    expect((await emulator.send('POST', `/v2/e1/cancel/${id}`)).status).toBe(400);
    expect((await emulator.status(id)).body['status']).toBe('IN_QUEUE');
    expect((await emulator.jobs('blind'))[0]).toMatchObject({ polls: 3, cancels: 1 });
  });

  it('hold keeps a job in the queue until it is removed', async () => {
    await emulator.misbehave('held', instant, { kind: 'hold' });
    const id = await run('held');
    await completed('overtakes');
    expect((await emulator.status(id)).body['status']).toBe('IN_QUEUE');
    expect((await emulator.send('DELETE', '/emulator/behaviours?voice=held')).status).toBe(204);
    await emulator.until(id, 'COMPLETED');
  });

  it('slow delays every stage and reports progress', async () => {
    await emulator.misbehave('slow', instant, { kind: 'slow', stageDelayMs: 700 });
    const id = await run('slow');
    const seen = new Set<unknown>();
    await eventually(async () => {
      const { body } = await emulator.status(id);
      if (body['status'] === 'IN_PROGRESS') seen.add((body['output'] as Json | undefined)?.['stage']);
      return body['status'] === 'COMPLETED';
    });
    expect([...seen].filter(Boolean)).toEqual(['embedding', 'testing', 'scoring']);
  });

  it('fail and time_out end a job without any work', async () => {
    await emulator.misbehave('fails', { kind: 'fail', error: '{"error_message":"no GPU"}' });
    expect(await emulator.until(await run('fails'), 'FAILED')).toMatchObject({ error: '{"error_message":"no GPU"}' });
    await emulator.misbehave('stuck', { kind: 'time_out' });
    await emulator.until(await run('stuck'), 'TIMED_OUT');
    expect((await emulator.jobs('stuck'))[0]).toMatchObject({ handlerRuns: 0 });
  });

  it('expire forgets a job early, even while its handler runs', async () => {
    await emulator.misbehave('gone', instant, { kind: 'expire', from: 'end', afterMs: 0 });
    const gone = await run('gone');
    await eventually(async () => (await emulator.status(gone)).status === 404);
    expect(webhookCount('gone')).toBeLessThanOrEqual(1);

    await emulator.misbehave(
      'lost',
      { kind: 'instant', afterMs: 3_000 },
      { kind: 'expire', from: 'submission', afterMs: 0 },
    );
    const lost = await run('lost');
    await eventually(async () => (await emulator.status(lost)).status === 404);
    expect(storage.objects.has('/lost/output.json')).toBe(false);
    await eventually(() => storage.objects.has('/lost/output.json'));
  });

  it('webhook skips, doubles and delays webhooks', async () => {
    await completed('mute', { kind: 'webhook', mode: 'skip', delayMs: 0 });
    await completed('twice', { kind: 'webhook', mode: 'double', delayMs: 0 });
    await completed('tardy', { kind: 'webhook', mode: 'once', delayMs: 100 });
    expect(webhookCount('tardy')).toBe(0);
    await eventually(() => webhookCount('tardy') === 1);
    expect([webhookCount('mute'), webhookCount('twice')]).toEqual([0, 2]);
  });

  it('run_twice runs the handler again, before its result counts or after', async () => {
    await completed('again', { kind: 'run_twice', again: 'before' });
    expect(storage.puts.filter((path) => path === '/again/output.json')).toHaveLength(2);
    const reported = (await completed('ghost', { kind: 'run_twice', again: 'after' }))['output'];
    await eventually(() => storage.puts.filter((path) => path === '/ghost/output.json').length === 2);
    expect(writtenOutput('ghost')).not.toEqual(reported); // the second run uploaded another zip
    expect((await emulator.jobs('ghost'))[0]).toMatchObject({ handlerRuns: 2, status: 'COMPLETED' });
  });

  it.each([
    ['version 1', malformations, version1],
    ['version 2', [...malformations, ...malformations2], version2],
    ['speak', speechMalformations, speech],
  ] as const)('malformed corrupts the output of %s in each way', async (kind, variants, requestOf) => {
    const outputOf = async (voice: string, ...behaviours: readonly Behaviour[]): Promise<Json> => {
      await emulator.misbehave(voice, instant, ...behaviours);
      const { output } = await emulator.until(await emulator.run(requestOf(emulator, voice)), 'COMPLETED');
      expect(JSON.stringify(output)).toBe(storage.objects.get(`/${voice}/output.json`)!.toString());
      return { ...(output as Json), measures: null };
    };
    const good = await outputOf(`good ${kind}`);
    await Promise.all(
      variants.map(async (variant) => {
        const voice = `${kind} ${variant}`;
        const output = await outputOf(voice, { kind: 'malformed', variant });
        const missing = missingObjects.get(variant);
        if (missing) expect(missing.filter((name) => storage.objects.has(`/${voice}/${name}`))).toEqual([]);
        else expect(output).not.toEqual({ ...good, job: `job-of-${voice}` });
      }),
    );
  });

  it('fail_samples makes samples fail: version 2 names them, version 1 fails', async () => {
    await emulator.misbehave('partly', instant, { kind: 'fail_samples', indexes: [2] });
    const done = await emulator.until(await emulator.run(emulator.request2('partly', noAudio)), 'COMPLETED');
    const { embeddings, test_samples, sample_scores, failed_samples } = done['output'] as EmbedOutput2;
    const indexes = [embeddings, test_samples, sample_scores].map((list) => list.map((each) => each.sample_index));
    expect(indexes).toEqual([[1], [1, 1], [1]]);
    expect(failed_samples).toEqual([{ sample_index: 2, code: 'no_speech', message: 'Sample 2 contains no speech' }]);
    expect(storage.objects.has('/partly/embedding_2')).toBe(false);
    const failed = await emulator.until(await run('partly'), 'FAILED');
    expect(failed['error']).toContain('Sample 2 contains no speech');

    await emulator.misbehave('wholly', instant, { kind: 'fail_samples', indexes: [1, 2] });
    const all = await emulator.until(await emulator.run(emulator.request2('wholly', noAudio)), 'FAILED');
    expect(all['error']).toContain('No sample can be embedded. Sample 1 contains no speech');
  });

  it('instant makes embeddings of a given size', async () => {
    await emulator.misbehave('large', { ...instant, embeddingBytes: 1_000_000 });
    const done = await emulator.until(await emulator.run(emulator.request2('large', noAudio)), 'COMPLETED');
    for (const { sample_index, bytes } of (done['output'] as EmbedOutput2).embeddings) {
      expect(bytes).toBe(storage.objects.get(`/large/embedding_${sample_index}`)!.length);
      expect(bytes).toBeGreaterThanOrEqual(1_000_000);
      expect(bytes).toBeLessThan(1_010_000);
    }
  });

  it('rejects unknown rules', async () => {
    const { status, body } = await emulator.send('PUT', '/emulator/behaviours', [{ behaviour: { kind: 'explode' } }]);
    expect([status, body['error']]).toEqual([400, expect.stringContaining('kind must be one of answer, drop')]);
  });
});
