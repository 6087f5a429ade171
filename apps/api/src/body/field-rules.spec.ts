import { describe, expect, it } from '@jest/globals';
import { mostSeconds, parseSeconds, parseWholeNumber } from './field-rules.js';

describe('parseWholeNumber', () => {
  it.each([
    ['15', 15],
    ['-3', -3],
    ['007', 7],
  ])('parses %p as %i', (value, number) => expect(parseWholeNumber(value)).toBe(number));

  it.each(['', ' 15', '15 ', '1e3', '0x10', '1.0', '+1', '１５', '9007199254740993'])('returns %p as it is', (text) =>
    expect(parseWholeNumber(text)).toBe(text),
  );
});

describe('parseSeconds', () => {
  it.each([
    ['12', 12],
    ['12.5', 12.5],
    ['2.419318331682143', 2.419318331682143],
    ['1e-7', 1e-7],
    [String(mostSeconds), mostSeconds],
  ])('parses %p as %d', (value, seconds) => expect(parseSeconds(value)).toBe(seconds));

  it.each(['', '-1', '1e3', '.5', ' 12 ', '12s', 'Infinity'])('leaves %p to the validator', (value) => {
    expect(parseSeconds(value)).toBe(value);
  });
});
