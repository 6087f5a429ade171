import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCursor, writeCursor } from './cursor.js';

describe('a cursor', () => {
  it('reads back every name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        fc.pre(!name.includes('\0'));
        expect(readCursor(writeCursor(name))).toBe(name);
      }),
    );
  });

  it.each(['', 'x', 'djE6', `${writeCursor('a')}=`, ` ${writeCursor('a')}`, writeCursor('a\0b'), 'djE6_w'])(
    'refuses %p',
    (text) => expect(() => readCursor(text)).toThrow('cursor must be one that a list has returned'),
  );

  it('refuses any text that is none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.startsWith('djE6'));
        expect(() => readCursor(text)).toThrow();
      }),
    );
  });
});
