import { describe, expect, it } from '@jest/globals';
import { mediaType } from './incoming-body.js';

describe('mediaType', () => {
  it.each([
    ['application/json', 'application/json'],
    ['application/json; charset=utf-8', 'application/json'],
    ['Application/JSON;Charset="utf-8"; x=1', 'application/json'],
    ['audio/ogg ; codecs="opus;vorbis"', 'audio/ogg'],
    ['application/zip;', 'application/zip'],
    ['application/json5', 'application/json5'],
    ['; charset=utf-8', ''],
    ['', ''],
    [undefined, ''],
  ])('returns the type in %j: %j', (header, expected) => {
    expect(mediaType(header)).toBe(expected);
  });
});
