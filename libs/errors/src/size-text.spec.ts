import { expect, it } from '@jest/globals';
import { sizeText } from './size-text.js';

it.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [200, '200 bytes'],
  [1023, '1023 bytes'],
  [1024, '1 KiB'],
  [64 * 1024, '64 KiB'],
  [100 * 1024 ** 2, '100 MiB'],
  [1_500_000, '1.43 MiB'],
  [1024 ** 3 - 1, '1023.99 MiB'],
  [2 * 1024 ** 3, '2 GiB'],
  [5 * 1024 ** 5, '5120 TiB'],
])('sizeText(%i) is %s', (bytes, text) => expect(sizeText(bytes)).toBe(text));
