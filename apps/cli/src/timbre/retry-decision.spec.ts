import { describe, expect, it } from '@jest/globals';
import { secondsToRetry, type Circumstances } from './retry-decision.js';

const post: Circumstances = { attempts: 1, isRepeatable: true, hasAnswered: true };
const put: Circumstances = { ...post, isRepeatable: false };
const answer = (status: number, retryAfter?: number): Response =>
  new Response(null, { status, headers: retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) } });
/** As fetch throws it. */
const lost = (code: string): Error =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });

describe('secondsToRetry', () => {
  it.each([200, 201, 204, 400, 401, 403, 404, 409, 413, 422, 507])(
    'does not repeat a request with the answer %d',
    (status) => {
      expect(secondsToRetry(answer(status), post)).toBeNull();
    },
  );

  it.each([408, 429, 500, 502, 503, 504])('repeats a request with the answer %d, later each time', (status) => {
    expect(secondsToRetry(answer(status), post)).toBe(1);
    expect(secondsToRetry(answer(status), { ...post, attempts: 4 })).toBe(8);
    expect(secondsToRetry(answer(status), { ...post, attempts: 8 })).toBeNull();
  });

  it('waits as long as the answer says, but not for minutes', () => {
    expect(secondsToRetry(answer(429, 7), post)).toBe(7);
    expect(secondsToRetry(answer(409, 1), post)).toBe(1);
    expect(secondsToRetry(answer(503, 121), post)).toBeNull();
  });

  it('repeats PUT, PATCH and DELETE only where they surely changed nothing', () => {
    expect(secondsToRetry(answer(503, 1), put)).toBeNull();
    expect(secondsToRetry(lost('ECONNRESET'), put)).toBeNull();
    expect(secondsToRetry(answer(429, 1), put)).toBe(1);
    expect(secondsToRetry(lost('ECONNREFUSED'), put)).toBe(1);
  });

  it('repeats after a lost connection', () => {
    expect(secondsToRetry(lost('ECONNRESET'), post)).toBe(1);
    expect(secondsToRetry(lost('UND_ERR_SOCKET'), { ...post, hasAnswered: false })).toBe(1);
  });

  it('does not wait for an address that never answered', () => {
    expect(secondsToRetry(lost('ECONNREFUSED'), { ...post, hasAnswered: false })).toBeNull();
    expect(secondsToRetry(lost('ENOTFOUND'), { ...post, hasAnswered: false })).toBeNull();
  });

  it('does not repeat what was never sent: to a port that fetch refuses, or after a wrong certificate', () => {
    expect(secondsToRetry(new TypeError('fetch failed', { cause: new Error('bad port') }), post)).toBeNull();
    expect(secondsToRetry(lost('DEPTH_ZERO_SELF_SIGNED_CERT'), post)).toBeNull();
  });
});
