import { describe, expect, it } from '@jest/globals';
import { ApiFailure } from '#libs/client';
import { mayHaveArrived, mostRetries, retryMs } from './retry-rules.js';

const answered = (status: number, after?: string): ApiFailure =>
  ApiFailure.of(new Response(null, { status, headers: after === undefined ? {} : { 'Retry-After': after } }), {
    detail: 'No',
  });
const lost = ApiFailure.unreachable(new Error('lost'));

describe('mayHaveArrived', () => {
  it('holds if there was no answer, or one that may change soon', () => {
    expect([lost, answered(408), answered(429, '3'), answered(500), answered(503, '5')].every(mayHaveArrived)).toBe(
      true,
    );
    expect(mayHaveArrived(answered(409, '1'))).toBe(true);
  });

  it('does not hold if the request was refused', () => {
    expect([400, 401, 403, 404, 409, 413, 422].some((status) => mayHaveArrived(answered(status)))).toBe(false);
  });
});

describe('retryMs', () => {
  it('doubles the time', () => {
    expect([0, 1, 2, 3].map((retries) => retryMs(lost, retries))).toEqual([1000, 2000, 4000, 8000]);
  });

  it('waits as long as the server asks for', () => {
    expect(retryMs(answered(429, '20'), 0)).toBe(20_000);
  });

  it('gives up after some time, after a refusal and if a disk is full', () => {
    expect(retryMs(lost, mostRetries)).toBeUndefined();
    expect(retryMs(answered(422), 0)).toBeUndefined();
    expect(retryMs(answered(507), 0)).toBeUndefined();
  });
});
