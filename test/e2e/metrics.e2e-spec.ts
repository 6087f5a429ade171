import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { metricTable, type MetricSpec } from '#libs/metrics';
import { OtlpCollector } from '../../libs/tracing/test/otlp-collector.js';
import { audioTools, makeAudio, speech, temporaryFolder } from '../support/audio-measure.js';
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

/** Creates a voice and waits for its embedding, with metrics and traces switched on. */
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
  await makeAudio(audioTools(), ['-i', speech('en'), '-t', '8', recording]);
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

/** Returns the value of a series. @returns undefined if it is not exported */
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

describe('GET /metrics', () => {
  it('exports every metric of API and worker once a voice is complete', async () => {
    expect(voice.status).toEqual({ splitting: 'completed', embedding: 'completed' });
    for (const app of ['api', 'worker'] as const) {
      const text = await scrape(app);
      const own = (Object.values(metricTable) as MetricSpec[]).filter(({ from }) => from === 'both' || from === app);
      const silent = own.filter(({ name }) => !new RegExp(`^${name}(_count)?\\{`, 'm').test(text));
      expect([app, silent.map(({ name }) => name)]).toEqual([app, []]);
    }
  });

  it('counts requests, steps, seconds of audio and calls of RunPod', async () => {
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

  it('counts requests that got the answer to an earlier one', async () => {
    const replays = async (): Promise<number | undefined> =>
      valueOf(await scrape('api'), 'timbre_idempotent_replays_total', {});
    const before = await replays();
    for (const status of [201, 201, 409]) {
      const key = status === 201 ? 'once' : 'again';
      const answer = await partner.http.post(`${partner.route()}/empty`, { name: 'once' }, { 'Idempotency-Key': key });
      expect(answer.status).toBe(status);
    }
    expect([before, await replays()]).toEqual([0, 1]);
  });

  it('counts unknown paths in one series, so that strangers cannot create series', async () => {
    const anyone = new HttpClient(stack.address.baseUrl);
    for (const path of ['/no/such/1', '/no/such/2', '/voices/a/b/c/d', '/admin/queues/x', '/%zz'])
      await anyone.fetch(path);
    const routes = new Set([...(await scrape('api')).matchAll(/route="([^"]*)"/g)].map((found) => found[1]));
    expect([...routes].filter((route) => route !== 'other' && !route?.startsWith('/api/'))).toEqual([]);
    expect([...routes].join()).not.toMatch(/such|watched|partner-/);
    expect(routes).toContain('other');
  });

  it('shares its port with health checks that report API and worker as ready', async () => {
    for (const url of Object.values(urls)) {
      const ready = await fetch(`${url}/health/ready`);
      expect([ready.status, await ready.json()]).toEqual([
        200,
        { status: 'ready', dependencies: { postgres: 'up', storage: 'up', scratch: 'up', redis: 'up' } },
      ]);
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
    }
  });
});

describe('an API with BULL_BOARD=off', () => {
  it('returns 404 for the queues board, even to an admin', async () => {
    const admin = new HttpClient(stack.address.baseUrl, stack.address.adminKey);
    expect((await admin.get('/admin/queues')).status).toBe(404);
    expect((await admin.get('/admin/queues/api/queues')).status).toBe(404);
  });
});

describe('logs', () => {
  it('connect a request with its jobs up to their end', async () => {
    const request = linesOf('api').find((line) => line['request_id'] === requestId);
    expect(request).toMatchObject({ caller: partner.name, res: { status: 201 }, jobs_made: [expect.any(String)] });
    const [split] = request?.['jobs_made'] as string[];
    const splitting = linesOf('worker').filter((line) => line['job'] === split);
    expect(splitting.map(({ msg }) => msg)).toEqual(['job claimed', 'job step done']);
    const done = splitting[1];
    expect(done).toMatchObject({ voice: request?.['voice'], jobs_made: [expect.any(String)] });
    const [embed] = done?.['jobs_made'] as string[];
    const linesOfIt = (): LogLine[] => linesOf('worker').filter((line) => line['job'] === embed);
    // Processes write their lines in batches, up to 250 ms late.
    await waitFor('the last of its lines', () => linesOfIt().filter(({ msg }) => msg === 'job step done').length === 2);
    const embedding = linesOfIt();
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

  it('contain each request in fields, but no signed URL of an object and no webhook token', () => {
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
  it('connect the request with both jobs and the call of RunPod', async () => {
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
