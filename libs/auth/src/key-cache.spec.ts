import { describe, expect, it } from '@jest/globals';
import type { KeyRecord } from '#libs/partners';
import { KeyCache } from './key-cache.js';

const record = (id: string): KeyRecord => ({
  id,
  partnerId: '5f1b3a0e-0000-4000-8000-000000000001',
  partnerName: 'acme',
  name: 'production',
  sha256: Buffer.alloc(32),
  scopes: ['read', 'write'],
  expiresAt: null,
  revokedAt: null,
});

describe('KeyCache', () => {
  it('returns a record for 30 s', () => {
    let now = 0;
    const cache = new KeyCache(() => now);
    cache.keep(record('a'), cache.mark);
    now = 29_999;
    expect(cache.get('a')).toEqual(record('a'));
    now = 30_000;
    expect(cache.get('a')).toBeNull();
  });

  it('removes one record, or all', () => {
    const cache = new KeyCache(() => 0);
    for (const id of ['a', 'b']) cache.keep(record(id), cache.mark);
    cache.remove('a');
    expect(cache.get('a')).toBeNull();
    expect(cache.get('b')).not.toBeNull();
    cache.clear();
    expect(cache.get('b')).toBeNull();
  });

  it.each([
    ['this key', (cache: KeyCache) => cache.remove('a')],
    ['another key', (cache: KeyCache) => cache.remove('b')],
    ['all keys', (cache: KeyCache) => cache.clear()],
  ])('does not cache a record that was read before the removal of %s', (_what, remove) => {
    const cache = new KeyCache(() => 0);
    const mark = cache.mark;
    remove(cache);
    cache.keep(record('a'), mark);
    expect(cache.get('a')).toBeNull();
    cache.keep(record('a'), cache.mark);
    expect(cache.get('a')).not.toBeNull();
  });

  it('keeps a limited number of records', () => {
    const cache = new KeyCache(() => 0);
    for (let n = 0; n <= 10_000; n++) cache.keep(record(`k${n}`), cache.mark);
    expect(cache.get('k0')).toBeNull();
    expect(cache.get('k10000')).not.toBeNull();
  });
});
