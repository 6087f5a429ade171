import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../test/support/any-text.js';
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
    ['שרה כהן', 'שרה כהן'],
    ['ليلى 2', 'ليلى 2'],
    ['a\u200Db', 'a\u200Db'], // joiners are part of words and of emoji
    ['...', '...'],
    ['.hidden', '.hidden'],
    ['a b', 'a b'],
    ['100%', '100%'],
    ['\n name \r\n', 'name'],
    ['e\u0301', 'e\u0301'], // kept as typed: names are compared exactly, so nothing is normalised
    [grinning, grinning],
    ['x'.repeat(255), 'x'.repeat(255)],
    [grinning.repeat(255), grinning.repeat(255)],
  ])('accepts %j', (text, name) => {
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
    ['safe\u202Egpj.exe'],
    ['\u2066a\u2069'],
    ['a\u200F'],
    ['\u061Ca'],
    ['x'.repeat(256)],
    [grinning.repeat(256)],
  ])('refuses %j and names the field', (text) => {
    expect(refusal(text)).toEqual(['name']);
  });

  it('returns a valid name, and the same name when it parses it again', () => {
    fc.assert(
      fc.property(anyText({ maxLength: 300 }), (text) => {
        const parsed = refusal(text);
        if (typeof parsed !== 'string') return;
        expect(isVoiceName(parsed)).toBe(true);
        expect(parseVoiceName(parsed)).toBe(parsed);
      }),
    );
  });
});

describe('isVoiceName', () => {
  it('returns false for a name with spaces around it', () => {
    expect(isVoiceName(' a')).toBe(false);
    expect(isVoiceName('a ')).toBe(false);
    expect(isVoiceName('a')).toBe(true);
  });
});
