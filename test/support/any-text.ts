import fc, { type StringConstraints } from 'fast-check';

/**
 * Any character of Unicode; a third of them are of ASCII, which has what names and headers must not contain. fast-check's own
 * `unit: 'binary'` makes a table that costs each test file 0.8 s of CPU, and has ASCII in an eighth.
 */
const anyCharacter = fc
  .oneof(
    fc.integer({ min: 0, max: 0x7f }),
    ...[fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff })], // without surrogates
  )
  .map((codePoint) => String.fromCodePoint(codePoint));

/** Text of any characters, control characters included. Lengths count characters. */
export const anyText = (lengths: Pick<StringConstraints, 'minLength' | 'maxLength'> = {}): fc.Arbitrary<string> =>
  fc.string({ unit: anyCharacter, ...lengths });
