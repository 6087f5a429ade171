import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EmulatorUnderTest, eventually, type Json } from '../../test/emulator-under-test.js';

const noAudio = [Buffer.from('never listened to')];

describe('RunpodController', () => {
  const emulator = new EmulatorUnderTest();
  const request = (voice: string, more: Json = {}): Json => emulator.request(voice, noAudio, more);
  const webhooksOf = (voice: string): readonly Json[] =>
    emulator.storage.webhooks.filter(({ path }) => path === `/hooks/${voice}`).map(({ body }) => body);
  beforeAll(() => emulator.start({ retentionMs: 5_000 }));
  afterAll(() => emulator.stop());

  it('requires the key on every route', async () => {
    for (const [method, path] of [
      ['GET', '/v2/e1/health'],
      ['POST', '/v2/e1/run'],
      ['GET', '/v2/e1/status/x'],
      ['GET', '/emulator/jobs'],
    ] as const) {
      expect(await emulator.send(method, path, method === 'POST' ? {} : undefined, 'wrong')).toEqual({
        status: 401,
        body: { error: 'Unauthorized' },
      });
    }
  });

  it('rejects requests without a job, and bodies over 10 MB', async () => {
    expect((await emulator.send('POST', '/v2/e1/run', { webhook: 'https://x.test' })).status).toBe(400);
    expect((await emulator.send('POST', '/v2/e1/run', '{"input":')).status).toBe(400);
    const large = JSON.stringify({ input: { text: 'x'.repeat(10 * 1024 * 1024) } });
    expect((await emulator.send('POST', '/v2/e1/run', large)).status).toBe(413);
  });

  it('responds 404 for unknown jobs and those of other endpoints', async () => {
    const id = await emulator.run({ input: {} }, 'other');
    expect((await emulator.status(id)).status).toBe(404);
    expect((await emulator.status('nobody-u1')).status).toBe(404);
    expect((await emulator.send('POST', '/v2/e1/cancel/nobody-u1')).status).toBe(404);
  });

  it('counts waiting and ended jobs in /health, and purges only the queue', async () => {
    await emulator.misbehave('queued', { kind: 'hold' });
    const ids = await Promise.all([1, 2].map(() => emulator.run(request('queued'), 'queue')));
    const health = await emulator.send('GET', '/v2/queue/health');
    expect(health.body['jobs']).toEqual({ completed: 0, failed: 0, inProgress: 0, inQueue: 2, retried: 0 });
    expect(health.body['workers']).toEqual({ idle: 2, running: 0 });
    const purged = await emulator.send('POST', '/v2/queue/purge-queue');
    expect(purged.body).toEqual({ removed: 2, status: 'completed' });
    expect((await emulator.status(ids[0]!, 'queue')).body['status']).toBe('CANCELLED');
  });

  it('cancels a waiting and a running job, and does not change an ended one', async () => {
    await emulator.misbehave('held', { kind: 'hold' });
    await emulator.misbehave('slow', { kind: 'slow', stageDelayMs: 60_000 });
    const [waiting, running] = [await emulator.run(request('held')), await emulator.run(request('slow'))];
    await emulator.until(running, 'IN_PROGRESS');
    for (const id of [waiting, running, running]) {
      expect((await emulator.send('POST', `/v2/e1/cancel/${id}`)).body).toEqual({ id, status: 'CANCELLED' });
    }
    expect((await emulator.jobs('slow'))[0]).toMatchObject({ cancels: 2, status: 'CANCELLED' });
    await eventually(() => webhooksOf('slow').length === 1);
    expect(webhooksOf('slow')[0]).toMatchObject({ id: running, status: 'CANCELLED' });
  });

  it('retries only failed and timed-out jobs, under the same id', async () => {
    await emulator.misbehave('flaky', { kind: 'fail', error: 'CUDA out of memory' });
    const id = await emulator.run(request('flaky'));
    expect(await emulator.until(id, 'FAILED')).toMatchObject({ error: 'CUDA out of memory', id });
    expect((await emulator.send('POST', `/v2/e1/retry/${id}`)).body).toEqual({ id, status: 'IN_QUEUE' });
    await emulator.until(id, 'FAILED');
    await eventually(() => webhooksOf('flaky').length === 2);

    await emulator.misbehave('done', { kind: 'instant', afterMs: 0 });
    const done = await emulator.run(request('done'));
    await emulator.until(done, 'COMPLETED');
    expect((await emulator.send('POST', `/v2/e1/retry/${done}`)).status).toBe(400);
  });

  it('ends a run at its executionTimeout', async () => {
    await emulator.misbehave('late', { kind: 'slow', stageDelayMs: 60_000 });
    const id = await emulator.run(request('late', { policy: { executionTimeout: 60 } }));
    const answer = await emulator.until(id, 'TIMED_OUT');
    expect(answer['executionTime']).toBeGreaterThanOrEqual(55);
    expect((await emulator.send('POST', `/v2/e1/retry/${id}`)).body['status']).toBe('IN_QUEUE');
  });

  it('deletes a waiting or running job past its ttl', async () => {
    await emulator.misbehave('old', { kind: 'hold' });
    await emulator.misbehave('older', { kind: 'slow', stageDelayMs: 60_000 });
    for (const voice of ['old', 'older']) {
      const id = await emulator.run(request(voice, { policy: { ttl: 3_000 } }));
      expect((await emulator.status(id)).status).toBe(200);
      await eventually(async () => (await emulator.status(id)).status === 404);
    }
    expect(await emulator.jobs('old')).toMatchObject([{ status: 'IN_QUEUE', forgotten: true, handlerRuns: 0 }]);
    expect(await emulator.jobs('older')).toMatchObject([{ status: 'IN_PROGRESS', forgotten: true, handlerRuns: 1 }]);
    expect(webhooksOf('old')).toEqual([]);
  });

  it('forgets a result after the retention, and then refuses a retry', async () => {
    await emulator.misbehave('kept', { kind: 'fail', error: 'x' });
    const id = await emulator.run(request('kept'));
    await emulator.until(id, 'FAILED');
    await eventually(async () => (await emulator.status(id)).status === 404);
    expect((await emulator.send('POST', `/v2/e1/retry/${id}`)).status).toBe(404);
    expect((await emulator.jobs('kept'))[0]).toMatchObject({ id, forgotten: true, status: 'FAILED' });
  });

  it('limits cancels to 100 per 10 s and endpoint', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 102; i++) statuses.push((await emulator.send('POST', '/v2/busy/cancel/x')).status);
    expect(statuses.filter((status) => status === 404)).toHaveLength(100);
    expect(statuses.slice(100)).toEqual([429, 429]);
    expect((await emulator.send('POST', '/v2/idle/cancel/x')).status).toBe(404);
  });

  it('sends the webhook with input and output, and retries it twice until the response is 200', async () => {
    emulator.storage.webhookAnswers.push(500, 204);
    await emulator.misbehave('told', { kind: 'instant', afterMs: 0 });
    const body = request('told');
    const id = await emulator.run(body);
    await eventually(async () => ((await emulator.jobs('told'))[0]?.webhooks.length ?? 0) === 3);
    expect((await emulator.jobs('told'))[0]!.webhooks.map(({ answer }) => answer)).toEqual([500, 204, 200]);
    const [first, second, third] = webhooksOf('told');
    expect(first).toMatchObject({ id, status: 'COMPLETED', input: body['input'], output: { version: 1 } });
    expect([second, third]).toEqual([first, first]);
  });

  it('stops sending a webhook after three attempts', async () => {
    emulator.storage.webhookAnswers.push(503, 503, 503);
    await emulator.misbehave('deaf', { kind: 'fail', error: 'x' });
    await emulator.run(request('deaf'));
    await eventually(() => webhooksOf('deaf').length === 3);
    await emulator.misbehave('after', { kind: 'fail', error: 'x' });
    await emulator.run(request('after'));
    await eventually(() => webhooksOf('after').length === 1);
    expect(webhooksOf('deaf')).toHaveLength(3);
  });
});
