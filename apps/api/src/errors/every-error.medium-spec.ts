import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '../../../../test/support/wait-for.js';
import { startBodyServer, type BodyServer } from '../../test/body-server.js';
import { RawRequest } from '../../test/raw-request.js';

let server: BodyServer;

beforeAll(async () => {
  server = await startBodyServer();
});
afterAll(() => server.stop());

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${server.port}${path}`, init);

describe('the answer to an error', () => {
  it.each(['/api/unknown', '/unknown', '/', '/api', '/api/defect/a/b'])(
    'is 404 for the unknown route %s',
    async (path) => {
      const response = await ask(path);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(await response.json()).toEqual({ detail: 'Not found' });
    },
  );

  it.each([
    ['PATCH', '/api/files', 'POST'],
    ['OPTIONS', '/api/defect/x?y=1', 'GET, HEAD'],
    ['POST', '/api/defect/x/', 'GET, HEAD'],
  ])('is 405 with Allow for %s %s', async (method, path, allow) => {
    const response = await ask(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
    expect(await response.json()).toEqual({ detail: 'Method not allowed' });
  });

  it('is 400 for a URL with malformed escapes', async () => {
    const response = await ask('/api/defect/%zz');
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ detail: 'The URL is malformed' });
  });

  it('hides the details of a 500, which the log has under the request id', async () => {
    const response = await ask('/api/defect/x', { headers: { 'X-Request-Id': 'mine-1' } });
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ detail: 'Internal server error' });
    const line = server
      .log()
      .split('\n')
      .find((text) => text.includes('SELECT secret'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ request_id: 'mine-1' });
  });

  it('has the security headers and must not be cached by others, like every answer', async () => {
    const { headers } = await ask('/api/unknown');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'self';.*frame-ancestors 'none'/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('private, no-cache');
    expect([headers.get('strict-transport-security'), headers.get('x-powered-by')]).toEqual([null, null]);
  });

  it.each([
    ['/api/unknown', 404, 30],
    ['/api/health/unknown', 404, 20],
    ['/api/defect/x', 500, 50],
  ])('of %s is one log line with its level', async (path, status, level) => {
    const id = `line-of-${status}-${level}`;
    await ask(`${path}?api_key=hidden&a=1`, { headers: { 'X-Request-Id': id } });
    const linesOf = (): object[] =>
      server
        .log()
        .split('\n')
        .filter((text) => text.includes(id) && text.includes('duration_ms'))
        .map((text) => JSON.parse(text) as object);
    await waitFor('the answer is logged', () => linesOf().length > 0);
    expect(linesOf()).toEqual([
      expect.objectContaining({
        level,
        request_id: id,
        req: { method: 'GET', url: `${path}?api_key=***&a=1`, address: '127.0.0.1' },
        res: { status },
        msg: 'request answered',
      }),
    ]);
  });

  it.each([
    ['503', 503, { cause: 'postgres_read_only', reason: '25006: cannot execute INSERT in a read-only transaction' }],
    ['507', 507, { cause: 'storage_full', reason: '25006: cannot execute INSERT in a read-only transaction' }],
    ['unknown', 503, { cause: 'other' }],
  ])('of %s has its cause in the log line and in a metric', async (code, status, cause) => {
    const id = `cause-of-${code}`;
    const series = `timbre_http_unavailable_total{cause="${cause.cause}",app="api"}`;
    expect(await server.metrics.text()).toContain(`${series} 0`);
    const answer = await ask(`/api/unavailable/${code}`, { headers: { 'X-Request-Id': id } });
    expect(answer.status).toBe(status);
    expect(answer.headers.has('retry-after')).toBe(status === 503);
    expect(Object.keys((await answer.json()) as object)).toEqual(['detail']);
    const linesOf = (): string[] =>
      server
        .log()
        .split('\n')
        .filter((text) => text.includes(id));
    await waitFor('the answer is logged', () => linesOf().length > 0);
    expect(linesOf().map((line) => JSON.parse(line) as object)).toEqual([expect.objectContaining(cause)]);
    expect(await server.metrics.text()).toContain(`${series} 1`);
  });

  it('has a request id, like every answer: the client’s if it is safe, otherwise a new one', async () => {
    const own = await ask('/api/unknown', { headers: { 'X-Request-Id': 'a.B-9_' } });
    expect(own.headers.get('x-request-id')).toBe('a.B-9_');
    const insane = await ask('/api/unknown', { headers: { 'X-Request-Id': 'a b' } });
    expect(insane.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is 431 for headers that are too large, and the server keeps running', async () => {
    const request = await RawRequest.open(server.port);
    await request.write(`GET /api/unknown HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`);
    expect(await request.ended()).toMatch(/^HTTP\/1\.1 431 /);
    expect((await ask('/api/unknown')).status).toBe(404);
  });
});

describe('the request log', () => {
  it('never contains a key or the token of a URL', async () => {
    const urls = [
      '/api/unknown?api_key=s3cret',
      '/api/defect/x?a=1&api%5Fkey=s3cret',
      '/unknown?API_KEY=s3cret',
      '/api/files?api_key=s3cret&api_key=s3cret',
      '/api/objects/s3cret?x=1',
      '/API/Objects/s3cret',
      '/api/hooks/runpod/s3cret',
      '/api/defect/%zz?api_key=s3cret',
    ];
    for (const url of urls) {
      await ask(url, { headers: { 'X-Api-Key': 's3cret', Referer: 'http://x/?api_key=s3cret' } });
      await ask(url, {
        method: 'POST',
        headers: { Authorization: 's3cret' },
        body: new URLSearchParams({ name: 's3cret' }),
      });
    }
    expect(server.log()).not.toContain('s3cret');
    expect(server.log()).toContain('/api/unknown?api_key=***');
  });
});
