import { describe, expect, it } from '@jest/globals';
import { safetensors, safetensorsMetadata } from './safetensors.js';

describe('safetensors', () => {
  const file = safetensors(
    {
      mean: { shape: [2], values: Float32Array.from([1.5, -2]) },
      covariance: { shape: [2, 2], values: Float32Array.from([1, 0, 0, 1]) },
    },
    { engine: 'x' },
  );
  const headerLength = Number(file.readBigUInt64LE(0));

  it('starts with the length of the header and the JSON header, padded with spaces to 8 bytes', () => {
    expect(headerLength % 8).toBe(0);
    expect(JSON.parse(file.toString('utf8', 8, 8 + headerLength))).toEqual({
      __metadata__: { engine: 'x' },
      mean: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
      covariance: { dtype: 'F32', shape: [2, 2], data_offsets: [8, 24] },
    });
    expect(file[8]).toBe('{'.charCodeAt(0));
  });

  it('contains the values contiguously in little-endian, and nothing after them', () => {
    const data = file.subarray(8 + headerLength);
    expect(data).toHaveLength(24);
    expect(data.subarray(0, 4)).toEqual(Buffer.from([0, 0, 0xc0, 0x3f]));
    expect(data.readFloatLE(4)).toBe(-2);
    expect(data.readFloatLE(20)).toBe(1);
  });

  it('rejects a shape that does not match its values', () => {
    expect(() => safetensors({ a: { shape: [3], values: new Float32Array(2) } })).toThrow(RangeError);
  });
});

describe('safetensorsMetadata', () => {
  it('reads what safetensors wrote', () => {
    expect(safetensorsMetadata(safetensors({}, { engine: 'x', language: 'fr' }))).toEqual({
      engine: 'x',
      language: 'fr',
    });
    expect(safetensorsMetadata(safetensors({}))).toEqual({});
  });

  it.each([
    ['nothing', ''],
    ['a cut file', '\u0020\0\0\0\0\0\0\0{}'],
    ['no JSON', '\u0001\0\0\0\0\0\0\0{'],
  ])('rejects %s', (_, text) => {
    expect(() => safetensorsMetadata(Buffer.from(text, 'latin1'))).toThrow('Not a safetensors file');
  });
});
