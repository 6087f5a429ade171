import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { metricTable, type MetricSpec } from '#libs/metrics';
import { OtlpCollector } from '../../libs/tracing/test/otlp-collector.js';
import { audioToolsOfThisMachine, makeAudio, speech, temporaryFolder } from '../support/audio-measure.js';
import { HttpClient } from '../support/http.js';
import { freePort } from '../support/ports.js';
import { makePartner, type TestPartner } from '../support/shared-stack.js';
import { Stack } from '../support/stack.js';
import { createVoice, settled, type Details } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';

type LogLine = Readonly<Record<string, unknown>>;

let collector: OtlpCollector;
let stack: Stack;
let partner: TestPartner;
let voice: Details;
let requestId: string;
const urls = { api: '', worker: '' };

/** One voice from an upload to its embedding, watched by everything there is. */
beforeAll(async () => {
  const [apiPort, workerPort, folder] = await Promise.all([freePort(), freePort(), temporaryFolder()]);
  collector = await OtlpCollector.start();
  stack = await Stack.start({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint },
    apiEnv: { METRICS_PORT: String(apiPort), BULL_BOARD: 'off' },
    workerEnv: { METRICS_PORT: String(workerPort) },
  });
  urls.api = `http://127.0.0.1:${apiPort}`;
  urls.worker = `http://127.0.0.1:${workerPort}`;
  partner = await makePartner(stack.address);
  const recording = `${folder.path}/short.wav`;
  await makeAudio(await audioToolsOfThisMachine(folder.path), ['-i', speech('en'), '-t', '8', recording]);
  const created = await createVoice(partner, 'watched', recording);
  requestId = created.headers.get('x-request-id') ?? '';
  voice = await settled(partner, 'watched');
  await folder.remove();
});
afterAll(async () => {
  await stack.stop();
  await collector.stop();
});

const scrape = async (app: keyof typeof urls): Promise<string> => (await fetch(`${urls[app]}/metrics`)).text();

/** The value of one series; undefined when it is not told. */
function valueOf(text: string, name: string, labels: Readonly<Record<string, string>>): number | undefined {
  const line = text
    .split('\n')
    .find(
      (each) => each.startsWith(`${name}{`) && Object.entries(labels).every(([k, v]) => each.includes(`${k}="${v}"`)),
    );
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

const linesOf = (name: string): LogLine[] =>
  stack.lines
    .filter((line) => line.startsWith(`${name} | {`))
    .map((line) => JSON.parse(line.slice(name.length + 3)) as LogLine);

describe('metrics', () => {
  it('both processes tell every metric of theirs once a voice has gone through', async () => {
    expect(voice.status).toEqual({ splitting: 'completed', embedding: 'completed' });
    for (const app of ['api', 'worker'] as const) {
      const text = await scrape(app);
      const own = (Object.values(metricTable) as MetricSpec[]).filter(({ from }) => from === 'both' || from === app);
      const happened = own.filter(({ name }) => name !== 'timbre_jobs_failed_total'); // nothing has failed
      const silent = happened.filter(({ name }) => !new RegExp(`^${name}(_count)?\\{`, 'm').test(text));
      expect([app, silent.map(({ name }) => name)]).toEqual([app, []]);
    }
  });

  it('they tell what has happened', async () => {
    const [api, worker] = await Promise.all([scrape('api'), scrape('worker')]);
    const http = 'timbre_http_request_duration_seconds_count';
    expect(valueOf(api, http, { method: 'POST', route: '/api/voices/:partner', status: '201' })).toBe(1);
    expect(valueOf(api, http, { route: '/api/voices/:partner/:voice', status: '200' })).toBeGreaterThan(0);
    const audio = valueOf(worker, 'timbre_audio_converted_seconds_total', { source: 'recording' });
    expect(audio).toBeCloseTo(8, 1);
    const steps = 'timbre_step_duration_seconds_count';
    expect(valueOf(worker, steps, { kind: 'split', stage: 'samples', outcome: 'done' })).toBe(1);
    expect(valueOf(worker, steps, { kind: 'embed', stage: 'submit', outcome: 'done' })).toBe(1);
    const calls = 'timbre_runpod_call_duration_seconds_count';
    expect(valueOf(worker, calls, { call: 'run', outcome: 'accepted' })).toBe(1);
    expect(valueOf(worker, calls, { call: 'status', outcome: 'known' })).toBeGreaterThan(0);
    expect(valueOf(worker, 'timbre_dependency_up', { dependency: 'redis' })).toBe(1);
  });

  it('strangers make no series: unknown paths and methods share one', async () => {
    const anyone = new HttpClient(stack.address.baseUrl);
    for (const path of ['/no/such/1', '/no/such/2', '/voices/a/b/c/d', '/admin/queues/x', '/%zz'])
      await anyone.fetch(path);
    const routes = new Set([...(await scrape('api')).matchAll(/route="([^"]*)"/g)].map((found) => found[1]));
    expect([...routes].filter((route) => route !== 'other' && !route?.startsWith('/api/'))).toEqual([]);
    expect([...routes].join()).not.toMatch(/such|watched|partner-/);
    expect(routes).toContain('other');
  });

  it('both live and are ready', async () => {
    for (const url of Object.values(urls)) {
      const ready = await fetch(`${url}/health/ready`);
      expect([ready.status, await ready.json()]).toEqual([
        200,
        { status: 'ready', dependencies: { postgres: 'up', storage: 'up', redis: 'up' } },
      ]);
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
    }
  });
});

describe('the queues board that is switched off', () => {
  it('is not there, for nobody', async () => {
    const admin = new HttpClient(stack.address.baseUrl, stack.address.adminKey);
    expect((await admin.get('/admin/queues')).status).toBe(404);
    expect((await admin.get('/admin/queues/api/queues')).status).toBe(404);
  });
});

describe('logs', () => {
  it('a job is followed from the request that asked for it to its end', () => {
    const request = linesOf('api').find((line) => line['request_id'] === requestId);
    expect(request).toMatchObject({ caller: partner.name, res: { status: 201 }, jobs_made: [expect.any(String)] });
    const [split] = request?.['jobs_made'] as string[];
    const splitting = linesOf('worker').filter((line) => line['job'] === split);
    expect(splitting.map(({ msg }) => msg)).toEqual(['job claimed', 'job step done']);
    const done = splitting[1];
    expect(done).toMatchObject({ voice: request?.['voice'], jobs_made: [expect.any(String)] });
    const [embed] = done?.['jobs_made'] as string[];
    const embedding = linesOf('worker').filter((line) => line['job'] === embed);
    expect(embedding.map(({ msg }) => msg)).toEqual([
      'job claimed',
      'embedding submitted',
      'job step done',
      'job claimed',
      'job step done',
    ]);
    expect(new Set(embedding.map((line) => line['voice']))).toEqual(new Set([request?.['voice']]));
    for (const line of [...splitting, ...embedding]) {
      expect(line).toMatchObject({ partner: partner.name, name: 'watched' });
    }
  });

  it('an answer is told once, in fields, and objects of the GPU side not at all', () => {
    const answered = linesOf('api').filter(({ msg }) => msg === 'request answered');
    expect(answered).toContainEqual(
      expect.objectContaining({ request_id: requestId, req: expect.objectContaining({ method: 'POST' }) }),
    );
    const urlsOf = answered.map(({ req }) => (req as { url: string }).url);
    expect(urlsOf.filter((url) => url.startsWith('/api/objects/'))).toEqual([]);
    expect(urlsOf).toContain('/api/hooks/runpod/***');
  });
});

describe('traces', () => {
  it('lead from the request over both jobs to RunPod', async () => {
    const call = await waitFor(
      'the span of POST /run',
      () => collector.spans.find(({ name }) => name === 'RunPod run') ?? false,
    );
    const request = 'POST /api/voices/:partner';
    await waitFor('the whole chain', () => collector.chainOf(call)[0] === request);
    expect(collector.chainOf(call)).toEqual([
      request,
      'split job',
      'split samples',
      'embed job',
      'embed submit',
      'RunPod run',
    ]);
    const collect = await waitFor(
      'the span of the last step',
      () => collector.spans.find(({ name }) => name === 'embed collect') ?? false,
    );
    expect(collect).toMatchObject({ traceId: call.traceId, attributes: { 'timbre.outcome': 'done' } });
    const whole = collector.spans.filter(({ traceId }) => traceId === call.traceId);
    expect(whole.find(({ name }) => name === request)).toMatchObject({
      service: 'timbre-api',
      attributes: { 'timbre.request_id': requestId, 'http.response.status_code': 201 },
    });
    expect(whole.map(({ name }) => name)).toEqual(expect.arrayContaining(['embed poll', 'RunPod status']));
    expect(linesOf('worker').some((line) => line['trace_id'] === call.traceId)).toBe(true);
  });
});
