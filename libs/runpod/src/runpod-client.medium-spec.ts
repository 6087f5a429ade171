import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RunpodClient } from './runpod-client.js';

type Answer = (response: ServerResponse, request: IncomingMessage, body: string) => void;

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

let server: Server;
let answer: Answer;
let seen: Seen[];
let baseUrl: string;
/** Calls that the client has reported, with their outcomes. */
let reported: string[];

beforeEach(async () => {
  seen = [];
  reported = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      seen.push({ method: request.method, url: request.url, authorization: request.headers.authorization, body });
      answer(response, request, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/`;
});
afterEach(async () => {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
});

const clientOf = (options: { readonly timeoutMs?: number; readonly opensAfter?: number } = {}): RunpodClient =>
  new RunpodClient({
    baseUrl,
    apiKey: 'rp-key',
    timeoutMs: options.timeoutMs ?? 10_000,
    breaker: { opensAfter: options.opensAfter ?? 1000, openMs: 3_000 },
    onCall: (call, outcome, seconds) => void reported.push(`${call} ${outcome} ${seconds >= 0 && seconds < 60}`),
  });

const says =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
const dropped: Answer = (_, request) => request.socket.destroy();
const silent: Answer = () => undefined;
const cutShort: Answer = (response, request) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{"id": "job-1"', () => request.socket.destroy());
};
const huge: Answer = (response) => {
  response.writeHead(200);
  response.on('error', () => undefined);
  const more = (): void => {
    while (!response.destroyed && response.write('x'.repeat(65_536)));
  };
  response.on('drain', more);
  more();
};

/** A refusal that an operator can fix. */
const refused = (status: number, names: string) => ({
  ...{ kind: 'refused', status, message: expect.stringContaining(names), mayPass: true },
});

describe('RunpodClient.run', () => {
  it('submits a job once, with the key and the body', async () => {
    answer = says(200, { id: 'job-1', status: 'IN_QUEUE' });
    expect(await clientOf().run('ep', '{"input":{}}')).toEqual({ kind: 'accepted', runpodJobId: 'job-1' });
    expect(seen).toEqual([{ method: 'POST', url: '/v2/ep/run', authorization: 'Bearer rp-key', body: '{"input":{}}' }]);
  });

  it.each<[string, Answer, object]>([
    ['429 with seconds', says(429, {}, { 'retry-after': '7' }), { kind: 'not_sent', retryAfterMs: 7000 }],
    ['429 without', says(429, 'slow down'), { kind: 'not_sent', retryAfterMs: 10_000 }],
    ['500', says(500, {}), { kind: 'unknown', detail: 'HTTP 500' }],
    ['504', says(504, '<html>'), { kind: 'unknown', detail: 'HTTP 504' }],
    ['408', says(408, ''), { kind: 'unknown', detail: 'HTTP 408' }],
    ['a dropped socket', dropped, { kind: 'unknown', detail: 'UND_ERR_SOCKET' }],
    ['an answer cut short', cutShort, { kind: 'unknown', detail: 'UND_ERR_SOCKET' }],
    ['malformed JSON', says(200, '{"id": '), { kind: 'unknown' }],
    ['no id', says(200, { status: 'IN_QUEUE' }), { kind: 'unknown' }],
    ['an id fit for nothing', says(200, { id: '../../etc' }), { kind: 'unknown' }],
    ['an endless answer', huge, { kind: 'unknown', detail: 'an answer of more than 1 MiB' }],
    ['400', says(400, { error: 'bad input' }), { kind: 'refused', status: 400, answer: 'bad input', mayPass: false }],
    ['401', says(401, ''), refused(401, 'RUNPOD_API_KEY')],
    ['402', says(402, ''), refused(402, 'balance')],
    ['403', says(403, ''), refused(403, 'RUNPOD_API_KEY')],
    ['404', says(404, ''), refused(404, 'RUNPOD_ENDPOINTS')],
    ['a redirect', says(307, '', { location: '/' }), refused(307, 'RUNPOD_BASE_URL')],
  ])('%s', async (_, given, expected) => {
    answer = given;
    expect(await clientOf().run('ep', '{}')).toMatchObject(expected);
    expect(seen).toHaveLength(1);
  });

  it('reports why and for how long no submissions are sent to an endpoint that refuses them', async () => {
    const client = clientOf();
    expect(client.holdOff('ep')).toBeNull();
    answer = says(402, '');
    await client.run('ep', '{}');
    expect(client.holdOff('ep')).toEqual({ afterMs: expect.any(Number), why: expect.stringContaining('balance') });
    expect(client.holdOff('ep')?.afterMs).toBeGreaterThan(9_000);
    expect(client.holdOff('another')).toBeNull();
    answer = says(200, { id: 'job-1' });
    expect(await client.run('ep', '{}')).toMatchObject({ kind: 'accepted' });
    expect(client.holdOff('ep')).toBeNull();
    expect(reported).toEqual(['run refused true', 'run accepted true']);
  });

  it('returns unknown if there is no response in time', async () => {
    answer = silent;
    expect(await clientOf({ timeoutMs: 50 }).run('ep', '{}')).toEqual({ kind: 'unknown', detail: 'TimeoutError' });
  });

  it('returns unknown if the response is too slow', async () => {
    answer = (response) => response.writeHead(200).write('{"id":');
    expect(await clientOf({ timeoutMs: 50 }).run('ep', '{}')).toEqual({ kind: 'unknown', detail: 'TimeoutError' });
  });

  it('returns not_sent if the port is closed or the host has no address', async () => {
    const spare = createServer();
    await new Promise<void>((resolve) => spare.listen(0, '127.0.0.1', resolve));
    const { port } = spare.address() as AddressInfo;
    await new Promise((resolve) => spare.close(resolve));
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, 'no-such-host.invalid']) {
      const client = new RunpodClient({ baseUrl: `http://${host}/v2`, apiKey: 'k', timeoutMs: 10_000 });
      expect(await client.run('ep', '{}')).toMatchObject({ kind: 'not_sent', retryAfterMs: 5000 });
    }
  });

  it('sends nothing if it is aborted before its turn', async () => {
    const result = await clientOf().run('ep', '{}', { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ kind: 'not_sent' });
    expect(seen).toEqual([]);
  });
});

describe('RunpodClient.status', () => {
  const status = (given: Answer): Promise<unknown> => {
    answer = given;
    return clientOf().status('ep', 'job-1');
  };

  it('returns states, results, errors and progress', async () => {
    expect(await status(says(200, { id: 'job-1', status: 'IN_QUEUE', output: {} }))).toEqual({
      kind: 'known',
      state: 'IN_QUEUE',
      output: undefined,
      error: null,
      executionSeconds: null,
      progress: null,
    });
    const progress = { stage: 'scoring', done: 1, of: 2 };
    expect(await status(says(200, { status: 'IN_PROGRESS', output: progress }))).toMatchObject({ progress });
    expect(await status(says(200, { status: 'COMPLETED', output: { a: 1 } }))).toMatchObject({ output: { a: 1 } });
    const ran = says(200, { status: 'FAILED', executionTime: 2_500 });
    expect(await status(ran)).toMatchObject({ executionSeconds: 2.5 });
    const error = JSON.stringify({ error_message: 'out of memory' });
    expect(await status(says(200, { status: 'FAILED', error }))).toMatchObject({ error: 'out of memory' });
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/v2/ep/status/job-1' });
  });

  it.each<[string, Answer, object]>([
    ['404', says(404, { error: 'job not found' }), { kind: 'missing' }],
    ['429', says(429, '', { 'retry-after': '3' }), { kind: 'unreachable', retryAfterMs: 3000 }],
    ['503', says(503, '', { 'retry-after': '4' }), { kind: 'unreachable', retryAfterMs: 4000 }],
    ['401', says(401, ''), { kind: 'unreachable', detail: expect.stringContaining('RUNPOD_API_KEY') }],
    ['a dropped socket', dropped, { kind: 'unreachable' }],
    ['malformed JSON', says(200, '{'), { kind: 'unreachable', detail: 'an unreadable status' }],
    ['a new state', says(200, { status: 'PONDERING' }), { kind: 'unreachable', detail: 'an unreadable status' }],
    ['another job', says(200, { id: 'job-2', status: 'COMPLETED' }), { kind: 'unreachable' }],
    ['an endless answer', huge, { kind: 'oversized', problem: expect.stringContaining('larger than 1 MiB') }],
  ])('%s', async (_, given, expected) => {
    expect(await status(given)).toMatchObject(expected);
  });
});

describe('RunpodClient.cancel and health', () => {
  it('cancels', async () => {
    answer = says(200, { id: 'job-1', status: 'CANCELLED' });
    expect(await clientOf().cancel('ep', 'job-1')).toEqual({ kind: 'accepted' });
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/v2/ep/cancel/job-1', body: '' });
    answer = says(404, '');
    expect(await clientOf().cancel('ep', 'job-1')).toEqual({ kind: 'missing' });
    answer = dropped;
    expect(await clientOf().cancel('ep', 'job-1')).toMatchObject({ kind: 'unreachable' });
  });

  it('reads the health of an endpoint, as far as it is valid', async () => {
    answer = says(200, { jobs: { inQueue: 2, completed: 9 }, workers: { idle: 1, running: 'many' } });
    expect(await clientOf().health('ep')).toEqual({
      kind: 'answered',
      jobs: { inQueue: 2, inProgress: 0 },
      workers: { idle: 1, running: 0, initializing: 0 },
    });
    answer = says(404, '');
    expect(await clientOf().health('ep')).toMatchObject({ kind: 'unreachable' });
  });
});

describe('RunpodClient', () => {
  it('sends nothing to an endpoint after several consecutive failures, and tries it again later', async () => {
    const client = clientOf({ opensAfter: 3 });
    answer = says(502, '');
    for (let n = 0; n < 3; n += 1) await client.status('ep', 'job-1');
    expect(client.holdOff('ep')).toMatchObject({ afterMs: expect.any(Number), why: 'RunPod did not answer lately' });
    expect(await client.run('ep', '{}')).toMatchObject({ kind: 'not_sent' });
    expect(seen).toHaveLength(3);
    expect(client.holdOff('another')).toBeNull();

    answer = says(200, { id: 'job-1', status: 'IN_QUEUE' });
    while (client.holdOff('ep') !== null) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await client.run('ep', '{}')).toMatchObject({ kind: 'accepted' });
    expect(client.holdOff('ep')).toBeNull();
  });

  it('does not count refusals and rate limits as failures', async () => {
    const client = clientOf({ opensAfter: 1 });
    for (const code of [401, 404, 429]) {
      answer = says(code, '');
      await client.status('ep', 'job-1');
    }
    expect(client.holdOff('ep')).toBeNull();
  });

  it('reuses connections', async () => {
    const ports = new Set<number | undefined>();
    answer = (response, request) => {
      ports.add(request.socket.remotePort);
      response.end('{"status":"IN_QUEUE"}');
    };
    const client = clientOf();
    for (let n = 0; n < 10; n += 1) await client.status('ep', 'job-1');
    // A second one may be opened before the first is known to be free.
    expect(ports.size).toBeLessThanOrEqual(3);
  });

  it('rejects an API key that is invalid in a header, without quoting it', () => {
    const make = (): RunpodClient => new RunpodClient({ baseUrl, apiKey: 'secret\r\nx: y', timeoutMs: 1 });
    expect(make).toThrow('RUNPOD_API_KEY must be plain characters');
  });
});

describe('RunpodClientOptions.onCall', () => {
  it('is called once for each call, with its outcome', async () => {
    const client = clientOf();
    answer = says(200, { id: 'job-1', status: 'IN_QUEUE' });
    await client.run('e1', '{}');
    await client.status('e1', 'job-1');
    answer = says(404, {});
    await client.status('e1', 'job-2');
    await client.cancel('e1', 'job-2');
    answer = dropped;
    await client.run('e1', '{}');
    await client.health('e1');
    answer = says(401, {});
    await client.run('e1', '{}');
    expect(reported).toEqual([
      'run accepted true',
      'status known true',
      'status missing true',
      'cancel missing true',
      'run unknown true',
      'health unreachable true',
      'run refused true',
    ]);
  });
});
