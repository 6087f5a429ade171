import { describe, expect, it } from '@jest/globals';
import { within, withinOrNull } from './within.js';

const never = new Promise<never>(() => undefined);
const failing = (): Promise<never> => Promise.reject(new Error('refused'));

describe('within', () => {
  it('returns the result of work that ends in time', async () => {
    expect(await within(1_000, Promise.resolve('done'))).toBe('done');
  });

  it('throws what the work throws', async () => {
    await expect(within(1_000, failing())).rejects.toThrow('refused');
  });

  it('throws when the work does not end in time', async () => {
    await expect(within(5, never)).rejects.toThrow('no result within 5 ms');
  });
});

describe('withinOrNull', () => {
  it('returns null for work that fails or does not end in time', async () => {
    expect(await Promise.all([withinOrNull(1_000, failing()), withinOrNull(5, never)])).toEqual([null, null]);
  });
});
