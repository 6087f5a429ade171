import { describe, expect, it } from '@jest/globals';
import { hashKey, keyIdOf, mintKey } from './api-key.js';

describe('an API key', () => {
  it('carries its id and matches its hash', () => {
    const minted = mintKey();
    expect(minted.key).toMatch(/^tk_[a-z2-7]{16}_[A-Za-z0-9_-]{43}$/);
    expect(keyIdOf(minted.key)).toBe(minted.id);
    expect(hashKey(minted.key)).toEqual(minted.sha256);
    expect(hashKey(`${minted.key.slice(0, -1)}!`)).not.toEqual(minted.sha256);
  });

  it('has a prefix that contains none of its secret', () => {
    const { key, prefix, id } = mintKey();
    expect(key.startsWith(prefix)).toBe(true);
    expect(prefix).toBe(`tk_${id.slice(0, 8)}`);
  });

  it('is generated with a fresh id and a fresh secret', () => {
    const minted = Array.from({ length: 200 }, mintKey);
    expect(new Set(minted.map(({ id }) => id)).size).toBe(200);
    expect(new Set(minted.map(({ key }) => key.split('_').slice(2).join('_'))).size).toBe(200);
  });

  const id = 'abcdefghijklmnop';
  it.each([
    '',
    'tk_',
    `tk_${id}`,
    `tk_${id}_${'A'.repeat(42)}`,
    `tk_${id}_${'A'.repeat(44)}`,
    `tk_${id}_${'A'.repeat(42)}=`,
    `tk_${id}_${'A'.repeat(43)}\n`,
    ` tk_${id}_${'A'.repeat(43)}`,
    `TK_${id}_${'A'.repeat(43)}`,
    `tk_ABCDEFGHIJKLMNOP_${'A'.repeat(43)}`,
    `tk_abcdefghijklmn01_${'A'.repeat(43)}`,
  ])('%j carries no id', (text) => {
    expect(keyIdOf(text)).toBeNull();
  });
});
