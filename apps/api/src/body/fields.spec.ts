import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '#libs/errors';
import { fieldsOf, nested, parseJsonObject, parseUrlencoded } from './fields.js';

describe('parseUrlencoded', () => {
  it('parses what browsers send', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), (fields) => {
        const written = new URLSearchParams(fields).toString();
        expect({ ...parseUrlencoded(written) }).toEqual({ ...fields });
      }),
    );
  });

  it('makes a list of a field that was given more than once', () => {
    expect({ ...parseUrlencoded('a=1&b=2&a=3&__proto__=4&__proto__=5&a=') }).toEqual({
      a: ['1', '3', ''],
      b: '2',
      ['__proto__']: ['4', '5'],
    });
  });

  it('either parses a text or rejects it as malformed', () => {
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
  it('parses scalars and lists and objects of scalars, and marks the other values', () => {
    const text =
      '{"a":"x","b":1,"c":null,"d":true,"e":[1,"x",null],"f":{"__proto__":1,"x":null},"g":[[1]],"h":[],"i":["x",{}],"j":{"x":{}}}';
    expect(parseJsonObject(text)).toMatchObject({
      a: 'x',
      b: 1,
      c: null,
      d: true,
      e: [1, 'x', null],
      f: new Map<string, unknown>([
        ['__proto__', 1],
        ['x', null],
      ]),
      g: nested,
      h: [],
      i: nested,
      j: nested,
    });
    expect(Object.keys(parseJsonObject('  '))).toEqual([]);
  });

  it('takes a list with holes, as forms can write one, for no list', () => {
    const holes = Object.assign([], { 2: 'x' });
    expect({ ...fieldsOf({ holes }) }).toEqual({ holes: nested });
  });

  it.each(['[', '[]', 'null', '1', '"a"', '{"a":1', '{a:1}'])('rejects %s', (text) => {
    expect(() => parseJsonObject(text)).toThrow(AppError);
  });

  it('survives the deepest nesting that a body can have', () => {
    const deep = `{"a":${'['.repeat(32_000)}${']'.repeat(32_000)}}`;
    expect(parseJsonObject(deep)).toMatchObject({ a: nested });
  });
});
