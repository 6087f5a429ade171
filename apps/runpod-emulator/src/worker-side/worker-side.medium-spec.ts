import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EmulatorUnderTest, eventually, type Json } from '../../test/emulator-under-test.js';
import type { JobRun, WorkerHandler, WorkerJob } from '../../test/worker-client.js';

/** A handler whose jobs the test ends. */
class Bench {
  readonly started: { readonly job: WorkerJob; readonly run: JobRun; readonly end: (result: Json | Error) => void }[] =
    [];

  readonly handler: WorkerHandler = (job, run) =>
    new Promise((resolve, reject) => {
      run.signal.addEventListener('abort', () => reject(new Error('stopped')));
      const end = (result: Json | Error): void => (result instanceof Error ? reject(result) : resolve(result));
      this.started.push({ job, run, end });
    });

  /** Waits until it has started this many jobs, and returns the last of them. */
  async job(count = 1): Promise<Bench['started'][number]> {
    await eventually(() => this.started.length >= count);
    return this.started[count - 1]!;
  }
}

describe('the worker side of the queue', () => {
  const emulator = new EmulatorUnderTest();
  let endpoints = 0;
  let endpoint = '';
  const workers: { leave(): Promise<void> }[] = [];
  const workerOf = (id: string) => {
    const worker = emulator.worker(endpoint, id);
    workers.push(worker);
    return worker;
  };
  const benchOf = (id: string): { readonly bench: Bench; readonly worker: ReturnType<typeof workerOf> } => {
    const [bench, worker] = [new Bench(), workerOf(id)];
    worker.start(bench.handler);
    return { bench, worker };
  };
  const run = (more: Json = {}): Promise<string> => {
    const webhook = emulator.storage.url(`/hooks/${endpoint}`);
    return emulator.run({ input: { n: 1, voice: { partner: 'p', name: endpoint } }, webhook, ...more }, endpoint);
  };
  const until = (id: string, state: string): Promise<Json> => emulator.until(id, state, endpoint);
  const health = async (): Promise<unknown> => (await emulator.send('GET', `/v2/${endpoint}/health`)).body['workers'];

  beforeAll(() => emulator.start({ engine: 'worker', heartbeatMs: 400 }));
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.leave()));
  });
  afterAll(() => emulator.stop());
  const newEndpoint = (): void => {
    endpoint = `e${(endpoints += 1)}`;
  };

  it('gives a job to a worker, shows its progress and its result', async () => {
    newEndpoint();
    const id = await run();
    expect((await emulator.status(id, endpoint)).body['status']).toBe('IN_QUEUE');
    const { bench, worker } = benchOf('w');
    const { job, run: jobRun, end } = await bench.job();
    expect(job).toEqual({ id, input: { n: 1, voice: { partner: 'p', name: endpoint } } });
    await jobRun.report({ stage: 'embedding', done: 1, of: 2 });
    expect((await emulator.status(id, endpoint)).body).toMatchObject({
      status: 'IN_PROGRESS',
      output: { stage: 'embedding', done: 1, of: 2 },
    });
    end({ ok: true });
    expect(await until(id, 'COMPLETED')).toMatchObject({ output: { ok: true } });
    expect(await worker.done(id, { status: 'IN_PROGRESS', output: { late: true } })).toBe(200);
    expect(await worker.done(id, { output: { again: true } })).toBe(200);
    expect((await emulator.status(id, endpoint)).body).toMatchObject({ status: 'COMPLETED', output: { ok: true } });
    await eventually(() => emulator.storage.webhooks.some(({ body }) => body['id'] === id));
    expect((await emulator.jobs(endpoint))[0]).toMatchObject({ handlerRuns: 1, deaths: 0 });
  });

  it('fails a job with the type and message of the exception, without its traceback', async () => {
    newEndpoint();
    const id = await run();
    (await benchOf('w').bench.job()).end(new TypeError('sample 2 could not be read'));
    const { error } = await until(id, 'FAILED');
    expect(JSON.parse(error as string)).toEqual({
      error_type: "<class 'TypeError'>",
      error_message: 'sample 2 could not be read',
    });
  });

  it('shares an endpoint between workers, one job for each, and counts them in /health', async () => {
    newEndpoint();
    expect(await health()).toEqual({ idle: 0, running: 0 });
    const other = await emulator.run({ input: { n: 2 } }, `${endpoint}-other`);
    const both = [benchOf('a').bench, benchOf('b').bench];
    await eventually(async () => JSON.stringify(await health()) === '{"idle":2,"running":0}');
    const ids = [await run(), await run(), await run()];
    const first = await Promise.all(both.map((bench) => bench.job()));
    expect(new Set(first.map(({ job }) => job.id))).toEqual(new Set(ids.slice(0, 2)));
    expect(await health()).toEqual({ idle: 0, running: 2 });
    expect((await emulator.status(ids[2]!, endpoint)).body['status']).toBe('IN_QUEUE');
    first[1]!.end({ n: 1 });
    expect((await both[1]!.job(2)).job.id).toBe(ids[2]);
    expect((await emulator.status(other, `${endpoint}-other`)).body['status']).toBe('IN_QUEUE');
  });

  it.each<[string, (id: string) => Promise<unknown>, Json, string | null]>([
    ['a cancel', (id) => emulator.send('POST', `/v2/${endpoint}/cancel/${id}`), {}, 'CANCELLED'],
    ['the executionTimeout', async () => undefined, { policy: { executionTimeout: 300 } }, 'TIMED_OUT'],
    ['the ttl', async () => undefined, { policy: { ttl: 1000 } }, null],
  ])('stops the handler on %s, whose worker then takes the next job', async (_, stop, more, state) => {
    newEndpoint();
    const { bench, worker } = benchOf('w');
    const id = await run(more);
    const { run: jobRun } = await bench.job();
    const next = await run();
    await stop(id);
    await eventually(() => jobRun.signal.aborted);
    if (state === null) expect((await emulator.status(id, endpoint)).status).toBe(404);
    else await until(id, state);
    expect((await bench.job(2)).job.id).toBe(next);
    expect(await worker.done(id, { output: { late: true } })).toBe(200);
  });

  it('tells a worker again to stop while its pings name a job that is not its own', async () => {
    newEndpoint();
    const { bench, worker } = benchOf('w');
    const id = await run();
    const { job } = await bench.job();
    const deaf = workerOf('deaf');
    const listening = deaf.nextStops();
    await deaf.ping(job.id, 'of another emulator');
    expect(await listening).toEqual([id]);
    await worker.ping(job.id);
    expect(bench.started[0]!.run.signal.aborted).toBe(false);
  });

  it('gives the job of a killed worker to another one, before all others', async () => {
    newEndpoint();
    const { bench, worker } = benchOf('mortal');
    const id = await run();
    await bench.job();
    const later = await run();
    await worker.leave();
    await until(id, 'IN_QUEUE');
    const { bench: heir } = benchOf('heir');
    const { job, end } = await heir.job();
    expect(job.id).toBe(id);
    end({ ok: true });
    expect((await heir.job(2)).job.id).toBe(later);
    expect((await emulator.jobs(endpoint))[0]).toMatchObject({ status: 'COMPLETED', handlerRuns: 2, deaths: 1 });
  });

  it('is not deceived by the pings of a killed worker, which RunPod’s SDK sends from a process of its own', async () => {
    newEndpoint();
    const { bench, worker } = benchOf('mortal');
    const orphan = workerOf('mortal');
    const id = await run();
    await bench.job();
    await orphan.ping(id);
    await worker.leave();
    await eventually(async () => {
      await orphan.ping(id);
      return (await emulator.status(id, endpoint)).body['status'] === 'IN_QUEUE';
    });
    expect(await health()).toEqual({ idle: 0, running: 0 });
  });

  it.each(['its pings end', 'it never gives a sign'])('gives a job back if a worker takes it and %s', async (how) => {
    newEndpoint();
    const id = await run();
    const worker = workerOf('silent');
    expect((await worker.take())?.id).toBe(id);
    if (how === 'its pings end') await worker.ping(id);
    await until(id, 'IN_QUEUE');
  });

  it('gives a job back at once if its worker asks for another and does not know of it', async () => {
    newEndpoint();
    const id = await run();
    const { bench } = benchOf('restarted');
    await bench.job();
    expect((await workerOf('restarted').take())?.id).toBe(id);
    expect((await emulator.jobs(endpoint))[0]).toMatchObject({ handlerRuns: 2, deaths: 1 });
    expect(bench.started[0]!.run.signal.aborted).toBe(false);
  });

  it('gives no second job to a worker that says it is busy', async () => {
    newEndpoint();
    const { bench, worker } = benchOf('eager');
    const [first] = [await run()];
    const { job, end } = await bench.job();
    const second = worker.take(true);
    const other = await run();
    expect((await emulator.status(other, endpoint)).body['status']).toBe('IN_QUEUE');
    expect(job.id).toBe(first);
    end({ ok: true });
    await until(other, 'IN_PROGRESS');
    expect([(await second)?.id, bench.started[1]?.job.id]).toContain(other);
  });

  it('fails a job after three workers have died of it', async () => {
    newEndpoint();
    const id = await run();
    for (const name of ['first', 'second', 'third']) {
      const { bench, worker } = benchOf(name);
      await bench.job();
      await worker.leave();
    }
    const { error } = await until(id, 'FAILED');
    expect((JSON.parse(error as string) as Json)['error_message']).toBe(
      'The worker stopped responding while it worked on the job, 3 times',
    );
    expect((await emulator.send('POST', `/v2/${endpoint}/retry/${id}`)).status).toBe(200);
    (await benchOf('fourth').bench.job()).end({ ok: true });
    await until(id, 'COMPLETED');
  });

  it('does not retry a job that is running', async () => {
    newEndpoint();
    const id = await run();
    await benchOf('w').bench.job();
    expect((await emulator.send('POST', `/v2/${endpoint}/retry/${id}`)).status).toBe(400);
  });

  it('holds and fails jobs as told, without a worker', async () => {
    newEndpoint();
    await emulator.misbehave(endpoint, { kind: 'hold' });
    const { bench } = benchOf('w');
    const held = await run();
    await emulator.misbehave(endpoint, { kind: 'fail', error: 'no GPU' });
    const failed = await run();
    await until(failed, 'FAILED');
    expect((await bench.job()).job.id).toBe(held);
  });

  it('fails a job whose handler returns no JSON, and does not know jobs of others', async () => {
    newEndpoint();
    const id = await run();
    const worker = workerOf('w');
    await worker.take();
    expect(await worker.done('nobody-u1', { output: 1 })).toBe(404);
    expect(await worker.done(id, '{"output": NaN}')).toBe(200);
    expect(await until(id, 'FAILED')).toMatchObject({ error: 'The handler returned something that is not JSON' });
  });

  it('requires the key, which needs no "Bearer" here and nowhere else', async () => {
    newEndpoint();
    const ask = async (path: string, authorization: string): Promise<number> => {
      const response = await fetch(`${emulator.url}/v2/${endpoint}/${path}`, { headers: { authorization } });
      return response.status;
    };
    for (const path of ['job-take/w', 'job-stop/w', 'ping/w']) expect(await ask(path, 'wrong')).toBe(401);
    expect(await ask('ping/w', emulator.key)).toBe(200);
    expect(await ask('ping/w', `Bearer ${emulator.key}`)).toBe(200);
    expect(await ask('health', emulator.key)).toBe(401);
  });
});
