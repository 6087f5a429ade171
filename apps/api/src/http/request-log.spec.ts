import { describe, expect, it } from '@jest/globals';
import { requestIdFrom } from './request-log.js';

describe('requestIdFrom', () => {
  it('keeps a safe id of the client', () => {
    expect(requestIdFrom('A.b_c-9')).toBe('A.b_c-9');
    expect(requestIdFrom('x'.repeat(128))).toBe('x'.repeat(128));
  });

  it.each([undefined, '', 'a b', 'x'.repeat(129), 'a\nb', 'ü', ['a', 'b']])(
    'returns a new id instead of %p',
    (header) => {
      expect(requestIdFrom(header)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    },
  );
});
