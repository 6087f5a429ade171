import { describe, expect, it } from '@jest/globals';
import { ShapeError } from '../json-shape.js';
import { parseRunRequest } from './run-request.js';

describe('parseRunRequest', () => {
  it('applies RunPod’s defaults', () => {
    expect(parseRunRequest({ input: { a: 1 } }, false)).toEqual({
      input: { a: 1 },
      webhook: null,
      policy: { executionTimeoutMs: 600_000, ttlMs: 86_400_000 },
    });
  });

  it.each([
    ['no body', undefined],
    ['no input', { webhook: 'https://x.test/' }],
    ['an input that is not an object', { input: [] }],
    ['a webhook that is not a URL', { input: {}, webhook: 'x' }],
    ['a webhook of another scheme', { input: {}, webhook: 'file:///etc/passwd' }],
    ['too short a timeout', { input: {}, policy: { executionTimeout: 5000 } }],
    ['too short a ttl', { input: {}, policy: { ttl: 9999 } }],
    ['a ttl over a week', { input: {}, policy: { ttl: 7 * 86_400_000 + 1 } }],
    ['a timeout that is not a number', { input: {}, policy: { executionTimeout: '6000' } }],
  ])('rejects %s', (_, body) => {
    expect(() => parseRunRequest(body, false)).toThrow(ShapeError);
  });

  it('accepts short policies if configured', () => {
    const body = { input: {}, policy: { executionTimeout: 50, ttl: 100 } };
    expect(parseRunRequest(body, true).policy).toEqual({ executionTimeoutMs: 50, ttlMs: 100 });
  });
});
