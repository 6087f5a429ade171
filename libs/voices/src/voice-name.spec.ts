import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isAppError } from '#libs/errors';
import { isVoiceName, parseVoiceName } from './voice-name.js';

const grinning = '\u{1F600}'; // one code point, two UTF-16 units

function refusal(text: string): unknown {
  try {
    return parseVoiceName(text);
  } catch (error) {
    if (!isAppError(error, 'invalid_parameter')) throw error;
    return error.errors?.map(({ field }) => field);
  }
}

describe('parseVoiceName', () => {
  it.each([
    ['speaker-1', 'speaker-1'],
    ['  Frau Müller \t', 'Frau Müller'],
    ['日本語', '日本語'],
    ['...', '...'],
    ['.hidden', '.hidden'],
    ['a b', 'a b'],
    ['100%', '100%'],
    ['\n name \r\n', 'name'],
    ['e\u0301', 'e\u0301'], // kept as typed: names are compared exactly, so nothing is normalised
    [grinning, grinning],
    ['x'.repeat(255), 'x'.repeat(255)],
    [grinning.repeat(255), grinning.repeat(255)],
  ])('takes %j', (text, name) => {
    expect(parseVoiceName(text)).toBe(name);
  });

  it.each([
    [''],
    [' \t\n'],
    ['.'],
    ['..'],
    [' .. '],
    ['a/b'],
    ['a\\b'],
    ['a\u0000b'],
    ['a\nb'],
    ['a\u007Fb'],
    ['a\u0085b'],
    ['a\uD83D'],
    ['\uDE00a'],
    ['x'.repeat(256)],
    [grinning.repeat(256)],
  ])('refuses %j, naming the field', (text) => {
    expect(refusal(text)).toEqual(['name']);
  });

  it('is settled after one time: what it returns is a name, and itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const parsed = refusal(text);
        if (typeof parsed !== 'string') return;
        expect(isVoiceName(parsed)).toBe(true);
        expect(parseVoiceName(parsed)).toBe(parsed);
      }),
    );
  });
});

describe('isVoiceName', () => {
  it('does not trim: no voice has a name with space around it', () => {
    expect(isVoiceName(' a')).toBe(false);
    expect(isVoiceName('a ')).toBe(false);
    expect(isVoiceName('a')).toBe(true);
  });
});
