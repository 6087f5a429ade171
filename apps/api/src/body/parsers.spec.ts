import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '#libs/errors';
import { severalValues } from './fields.js';
import { parseJsonObject } from './json-object.js';
import { parseUrlencoded } from './urlencoded.js';
import { parseIndex, parseWholeNumber } from './whole-number.js';

describe('parseUrlencoded', () => {
  it('reads what browsers write', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), (fields) => {
        const written = new URLSearchParams(fields).toString();
        expect({ ...parseUrlencoded(written) }).toEqual({ ...fields });
      }),
    );
  });

  it('knows when a field was given twice', () => {
    expect(parseUrlencoded('a=1&b=2&a=3')).toMatchObject({ a: severalValues, b: '2' });
  });

  it('reads any text or refuses it as malformed', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseUrlencoded(text);
        } catch (error) {
          expect((error as AppError).code).toBe('malformed_request');
        }
      }),
    );
  });
});

describe('parseJsonObject', () => {
  it('reads single values and marks the others', () => {
    expect(parseJsonObject('{"a":"x","b":1,"c":null,"d":true,"e":[1],"f":{}}')).toMatchObject({
      a: 'x',
      b: 1,
      c: null,
      d: true,
      e: severalValues,
      f: severalValues,
    });
    expect(Object.keys(parseJsonObject('  '))).toEqual([]);
  });

  it.each(['[', '[]', 'null', '1', '"a"', '{"a":1', '{a:1}'])('refuses %s', (text) => {
    expect(() => parseJsonObject(text)).toThrow(AppError);
  });

  it('survives nesting as deep as a body can be', () => {
    const deep = `{"a":${'['.repeat(32_000)}${']'.repeat(32_000)}}`;
    expect(parseJsonObject(deep)).toMatchObject({ a: severalValues });
  });
});

describe('whole numbers', () => {
  it.each([
    ['15', 15],
    ['-3', -3],
    ['007', 7],
    [15, 15],
  ])('%p is %i', (value, number) => expect(parseWholeNumber(value)).toBe(number));

  it.each(['', ' 15', '15 ', '1e3', '0x10', '1.0', '+1', '１５', '9007199254740993', 1.5, NaN, 2 ** 53, true, null])(
    '%p is none',
    (value) => expect(parseWholeNumber(value)).toBeNull(),
  );

  it('indexes count from 1', () => {
    expect(parseIndex('12')).toBe(12);
    for (const text of ['0', '01', '-1', '1.0', 'x', '', '1'.repeat(10)]) expect(parseIndex(text)).toBeNull();
  });
});
