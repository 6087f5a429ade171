import { describe, expect, it } from '@jest/globals';
import { byteUnits, formatQuantity, parseQuantity, plainUnits, secondUnits } from './quantity.js';

describe('formatQuantity', () => {
  it.each([
    [0, '0'],
    [1, '1 B'],
    [1_500_000, '1.5 MB'],
    [107_374_182_400, '100 GiB'],
    [2_000_000_000_000, '2 TB'],
    [9_007_199_254_740_991, '9007199254740991 B'],
  ])('writes %s bytes as %s', (bytes, written) => {
    expect(formatQuantity(bytes, byteUnits)).toBe(written);
  });

  it.each([0, 1, 999, 1024, 1_000_001, 12_345_678, 107_374_182_400, 9_007_199_254_740_991])(
    'writes %s so that it is read again as the same',
    (quantity) => {
      for (const units of [byteUnits, secondUnits, plainUnits])
        expect(parseQuantity(formatQuantity(quantity, units), units)).toBe(quantity);
    },
  );
});

describe('parseQuantity', () => {
  it.each([
    ['100 GB', 100e9],
    ['100gb', 100e9],
    ['1.5 TiB', 1.5 * 1024 ** 4],
    ['1,000', 1000],
    ['12 345 678', 12_345_678],
    ['1,234.5 kB', 1_234_500],
  ])('reads %s', (written, bytes) => {
    expect(parseQuantity(written, byteUnits)).toBe(bytes);
  });

  it('reads a number without a unit as the smallest unit', () => {
    expect(parseQuantity('90', secondUnits)).toBe(90);
    expect(parseQuantity('10 h', secondUnits)).toBe(36_000);
  });

  it('reads an empty text as no limit', () => {
    expect(parseQuantity('  ', byteUnits)).toBeNull();
  });

  it.each(['many', '-1', '1,5 GB', '10 XB', '1.2.3', 'GB', '9007199254740993'])('refuses %s', (written) => {
    expect(parseQuantity(written, byteUnits)).toBeUndefined();
  });

  it('refuses a unit where only a number fits', () => {
    expect(parseQuantity('3 h', plainUnits)).toBeUndefined();
  });
});
