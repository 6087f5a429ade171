import { describe, expect, it } from '@jest/globals';
import { columnsOf, onOneLine, printable, shortened } from './plain-text.js';

describe('printable', () => {
  it.each([
    ['an escape sequence', 'a\x1b[2Jb', 'a\ufffd[2Jb'],
    ['an escape sequence of one byte', 'a\x9b2Jb', 'a\ufffd2Jb'],
    ['a carriage return, which would hide what stands before', 'good\rbad', 'good\ufffdbad'],
    ['a reversal of direction', 'txt.\u202egpj', 'txt.\ufffdgpj'],
  ])('shows %s instead of obeying it', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('keeps lines, tabs and letters of all scripts', () => {
    expect(printable('Zoë\r\n\t日本 👩‍🚀')).toBe('Zoë\n\t日本 👩‍🚀');
  });
});

describe('onOneLine', () => {
  it('keeps a cell in its line and its column', () => {
    expect(onOneLine('two\nlines\tand a tab')).toBe('two lines and a tab');
  });
});

describe('columnsOf', () => {
  it.each([
    ['Zoë', 3],
    ['Zoe\u0308', 3],
    ['日本', 4],
    ['한국', 4],
    ['🎙', 1],
    ['🚀', 2],
  ])('%s takes %d columns', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });
});

describe('shortened', () => {
  it('cuts by columns, not by characters', () => {
    expect(shortened('日本語', 6)).toBe('日本語');
    expect(shortened('日本語', 5)).toBe('日本…');
    expect(shortened('anna', 3)).toBe('an…');
  });
});
