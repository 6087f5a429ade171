import { describe, expect, it } from '@jest/globals';
import { keyState, sortedKeys } from './key-state.js';

const now = Date.parse('2026-11-30T12:00:00Z');
const key = {
  id: 'abcdefghijklmnop',
  partner: 'demo',
  name: 'production',
  prefix: 'tk_abcdefghijklmnop_Xy',
  scopes: ['read', 'write'] as ('read' | 'write')[],
  created_at: '2026-01-15T10:30:00Z',
  expires_at: null,
  revoked_at: null,
  last_used_at: null,
};

describe('keyState', () => {
  it.each([
    [{}, 'active'],
    [{ expires_at: '2027-11-30T12:00:00Z' }, 'active'],
    [{ expires_at: '2026-12-10T12:00:00Z' }, 'expiring'],
    [{ expires_at: '2026-11-30T12:00:00Z' }, 'expired'],
    [{ revoked_at: '2026-11-01T12:00:00Z' }, 'revoked'],
    [{ revoked_at: '2026-11-01T12:00:00Z', expires_at: '2026-11-02T12:00:00Z' }, 'revoked'],
  ] as const)('of a key with %j is %s', (fields, state) => {
    expect(keyState({ ...key, ...fields }, now)).toBe(state);
  });
});

describe('sortedKeys', () => {
  it('puts keys that work first, the newest of them first', () => {
    const keys = [
      { ...key, id: 'revoked', created_at: '2026-11-01T00:00:00Z', revoked_at: '2026-11-02T00:00:00Z' },
      { ...key, id: 'old', created_at: '2026-01-01T00:00:00Z' },
      { ...key, id: 'new', created_at: '2026-02-01T00:00:00Z' },
    ];
    expect(sortedKeys(keys, now).map(({ id }) => id)).toEqual(['new', 'old', 'revoked']);
  });
});
