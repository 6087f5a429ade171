import { describe, expect, it } from '@jest/globals';
import { KeyLookups } from './key-lookups.js';

describe('KeyLookups.exists', () => {
  it('looks up all ids of an interval with one query, and finds keys created meanwhile', async () => {
    const [asked, existing] = [[] as string[][], new Set(['a'])];
    const lookups = new KeyLookups(async (ids) => {
      asked.push([...ids]);
      return ids.filter((id) => existing.has(id));
    }, 200);
    const startedAt = performance.now();
    expect(await Promise.all(['a', 'b', 'a'].map((id) => lookups.exists(id)))).toEqual([true, false, true]);
    const later = Promise.all(['b', 'c'].map((id) => lookups.exists(id)));
    existing.add('c');
    expect(await later).toEqual([false, true]);
    expect(asked).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ]);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(199);
  });

  it('queries again after a failure', async () => {
    let fails = true;
    const lookups = new KeyLookups(async (ids) => {
      if (fails) throw new Error('Postgres is away');
      return ids;
    }, 1);
    await expect(lookups.exists('a')).rejects.toThrow('Postgres is away');
    fails = false;
    expect(await lookups.exists('a')).toBe(true);
  });
});
