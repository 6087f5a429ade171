import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { parseVoiceName } from '#libs/voices';
import { isLine } from './field-rules.js';
import { linePattern, typedVoiceNamePattern, voiceNamePattern } from './text-patterns.js';

/** Texts of few characters, which are more often near a rule than any text is. */
const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('.', ' ', '/', '\\', 'a', 'é', '\n', '\u0085', '\u200e', '\u3000', '🎙', '-'),
    maxLength: 5,
  }),
);

/** Returns a name as the server takes it from a body, or null if it does not. */
const nameOf = (text: string): string | null => {
  try {
    return parseVoiceName(text);
  } catch {
    return null;
  }
};

describe('the patterns of openapi.json', () => {
  it.each([
    ['a line', linePattern, (text: string) => isLine(text, 0, 255)],
    ['the name of a voice', voiceNamePattern, (text: string) => nameOf(text) === text],
    ['the name of a voice in a body', typedVoiceNamePattern, (text: string) => nameOf(text) !== null],
  ])('accept what the server accepts: %s', (_what, pattern, accepts) => {
    const expression = new RegExp(pattern, 'u');
    fc.assert(
      fc.property(texts, (text) => {
        expect([text, expression.test(text)]).toEqual([text, accepts(text)]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('know dots from names', () => {
    const expression = new RegExp(voiceNamePattern, 'u');
    const known = ['.', '..', '...', '.a', '..a', '. ', '. a', ' .a', 'a.', 'a b', ''].filter((text) =>
      expression.test(text),
    );
    expect(known).toEqual(['...', '.a', '..a', '. a', 'a.', 'a b']);
  });
});
