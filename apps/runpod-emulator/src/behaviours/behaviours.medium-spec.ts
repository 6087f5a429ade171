import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EmulatorUnderTest, eventually, type Json } from '../../test/emulator-under-test.js';
import { opusDurationSeconds } from '../engine/opus-duration.js';
import type { EmbedOutput } from '../handler/embed-output.js';
import { sha256Hex } from '../handler/signed-objects.js';
import { malformations, type Behaviour } from './behaviour.js';

const NO_AUDIO = [Buffer.from('never listened to'), Buffer.from('nor this')];
const INSTANT = { kind: 'instant', afterMs: 0 } as const;

describe('misbehaviour', () => {
  const emulator = new EmulatorUnderTest();
  const { storage } = emulator;
  const run = (voice: string, more: Json = {}): Promise<string> =>
    emulator.run(emulator.request(voice, NO_AUDIO, more));
  const submit = (voice: string) => emulator.send('POST', '/v2/e1/run', emulator.request(voice, NO_AUDIO));
  const webhookCount = (voice: string): number =>
    storage.webhooks.filter(({ path }) => path === `/hooks/${voice}`).length;
  const writtenOutput = (voice: string): unknown =>
    JSON.parse(storage.objects.get(`/${voice}/output.json`)!.toString());
  const completed = async (voice: string, ...behaviours: readonly Behaviour[]): Promise<Json> => {
    await emulator.misbehave(voice, INSTANT, ...behaviours);
    return emulator.until(await run(voice), 'COMPLETED');
  };
  beforeAll(() => emulator.start());
  afterAll(() => emulator.stop());

  it('is instant: made-up results, real files', async () => {
    const output = (await completed('instant'))['output'] as EmbedOutput;
    expect(output.engine.name).toBe('instant-constant');
    expect(output.embedding_zip.sha256).toBe(sha256Hex(storage.objects.get('/instant/zip')!));
    expect(output.sample_scores).toHaveLength(2);
    for (const { sample_index, sentence_index, duration } of output.test_samples) {
      const opus = storage.objects.get(`/instant/test_${sample_index}_${sentence_index}`)!;
      expect(opusDurationSeconds(opus)).toBeCloseTo(duration, 3);
    }
    expect(writtenOutput('instant')).toEqual(output);
  });

  it('refuses, limits and breaks /run as often as told, and takes no job', async () => {
    for (const status of [400, 401, 429, 500, 503]) {
      await emulator.misbehave('refused', { kind: 'answer', on: 'run', status, accepts: false, times: 2 });
      expect([(await submit('refused')).status, (await submit('refused')).status]).toEqual([status, status]);
    }
    expect(await emulator.jobs('refused')).toEqual([]);
    expect((await submit('refused')).status).toBe(200);
    expect(await emulator.jobs('refused')).toHaveLength(1);
  });

  it('drops the connection, before or after it took the job', async () => {
    await emulator.misbehave('before', { kind: 'drop', on: 'run', accepts: false, times: 1 });
    await emulator.misbehave('after', INSTANT, { kind: 'drop', on: 'run', accepts: true, times: 1 });
    await expect(submit('before')).rejects.toThrow('fetch failed');
    await expect(submit('after')).rejects.toThrow('fetch failed');
    expect(await emulator.jobs('before')).toEqual([]);
    expect(await emulator.jobs('after')).toHaveLength(1);
    await eventually(() => webhookCount('after') === 1);
  });

  it('takes a job and answers 502 all the same', async () => {
    await emulator.misbehave('unsure', INSTANT, { kind: 'answer', on: 'run', status: 502, accepts: true, times: 1 });
    expect(await submit('unsure')).toEqual({ status: 502, body: { text: expect.stringContaining('<html>') } });
    await eventually(() => storage.objects.has('/unsure/output.json'));
  });

  it('breaks /status and refuses to cancel', async () => {
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

  it('holds a job in the queue until it is released', async () => {
    await emulator.misbehave('held', INSTANT, { kind: 'hold' });
    const id = await run('held');
    await completed('overtakes');
    expect((await emulator.status(id)).body['status']).toBe('IN_QUEUE');
    expect((await emulator.send('DELETE', '/emulator/behaviours?voice=held')).status).toBe(204);
    await emulator.until(id, 'COMPLETED');
  });

  it('works slowly, stage by stage, and says where it is', async () => {
    await emulator.misbehave('slow', INSTANT, { kind: 'slow', stageDelayMs: 60 });
    const id = await run('slow');
    const seen = new Set<unknown>();
    await eventually(async () => {
      const { body } = await emulator.status(id);
      if (body['status'] === 'IN_PROGRESS') seen.add((body['output'] as Json | undefined)?.['stage']);
      return body['status'] === 'COMPLETED';
    });
    expect([...seen].filter(Boolean)).toEqual(['embedding', 'testing', 'scoring']);
  });

  it('fails and times out without any work', async () => {
    await emulator.misbehave('fails', { kind: 'fail', error: '{"error_message":"no GPU"}' });
    expect(await emulator.until(await run('fails'), 'FAILED')).toMatchObject({ error: '{"error_message":"no GPU"}' });
    await emulator.misbehave('stuck', { kind: 'time_out' });
    await emulator.until(await run('stuck'), 'TIMED_OUT');
    expect((await emulator.jobs('stuck'))[0]).toMatchObject({ handlerRuns: 0 });
  });

  it('forgets a result early, even while its handler works', async () => {
    await emulator.misbehave('gone', INSTANT, { kind: 'expire', from: 'end', afterMs: 0 });
    const gone = await run('gone');
    await eventually(async () => (await emulator.status(gone)).status === 404);
    expect(webhookCount('gone')).toBeLessThanOrEqual(1);

    await emulator.misbehave(
      'lost',
      { kind: 'instant', afterMs: 150 },
      { kind: 'expire', from: 'submission', afterMs: 0 },
    );
    const lost = await run('lost');
    await eventually(async () => (await emulator.status(lost)).status === 404);
    expect(storage.objects.has('/lost/output.json')).toBe(false);
    await eventually(() => storage.objects.has('/lost/output.json'));
  });

  it('skips, doubles and delays webhooks', async () => {
    await completed('mute', { kind: 'webhook', mode: 'skip', delayMs: 0 });
    await completed('twice', { kind: 'webhook', mode: 'double', delayMs: 0 });
    await completed('tardy', { kind: 'webhook', mode: 'once', delayMs: 100 });
    expect(webhookCount('tardy')).toBe(0);
    await eventually(() => webhookCount('tardy') === 1);
    expect([webhookCount('mute'), webhookCount('twice')]).toEqual([0, 2]);
  });

  it('runs the handler twice, before its result counts or after', async () => {
    await completed('again', { kind: 'run_twice', again: 'before' });
    expect(storage.puts.filter((path) => path === '/again/output.json')).toHaveLength(2);
    const reported = (await completed('ghost', { kind: 'run_twice', again: 'after' }))['output'];
    await eventually(() => storage.puts.filter((path) => path === '/ghost/output.json').length === 2);
    expect(writtenOutput('ghost')).not.toEqual(reported); // the second run wrote another zip
    expect((await emulator.jobs('ghost'))[0]).toMatchObject({ handlerRuns: 2, status: 'COMPLETED' });
  });

  it.each(malformations)('spoils the output: %s', async (variant) => {
    const voice = `bad-${variant}`;
    const { output } = await completed(voice, { kind: 'malformed', variant });
    expect(output).toEqual(writtenOutput(voice));
    const good = (await completed(`good-${variant}`))['output'] as Json;
    const missing = new Map<string, string>([
      ['missing_zip', 'zip'],
      ['missing_test_sample', 'test_1_1'],
    ]).get(variant);
    if (missing) expect(storage.objects.has(`/${voice}/${missing}`)).toBe(false);
    else expect(output).not.toEqual({ ...good, job: `job-of-${voice}` });
  });

  it('refuses rules it does not understand', async () => {
    const { status, body } = await emulator.send('PUT', '/emulator/behaviours', [{ behaviour: { kind: 'explode' } }]);
    expect([status, body['error']]).toEqual([400, expect.stringContaining('kind must be one of answer, drop')]);
  });
});
