import { describe, expect, it } from '@jest/globals';
import { safetensors } from './safetensors.js';

describe('safetensors', () => {
  const file = safetensors(
    {
      mean: { shape: [2], values: Float32Array.from([1.5, -2]) },
      covariance: { shape: [2, 2], values: Float32Array.from([1, 0, 0, 1]) },
    },
    { engine: 'x' },
  );
  const headerLength = Number(file.readBigUInt64LE(0));

  it('begins with the length of the header and the header, which is JSON padded with spaces to 8 bytes', () => {
    expect(headerLength % 8).toBe(0);
    expect(JSON.parse(file.toString('utf8', 8, 8 + headerLength))).toEqual({
      __metadata__: { engine: 'x' },
      mean: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
      covariance: { dtype: 'F32', shape: [2, 2], data_offsets: [8, 24] },
    });
    expect(file[8]).toBe('{'.charCodeAt(0));
  });

  it('holds the values little-endian, back to back, and nothing after them', () => {
    const data = file.subarray(8 + headerLength);
    expect(data).toHaveLength(24);
    expect(data.subarray(0, 4)).toEqual(Buffer.from([0, 0, 0xc0, 0x3f]));
    expect(data.readFloatLE(4)).toBe(-2);
    expect(data.readFloatLE(20)).toBe(1);
  });

  it('refuses a shape that does not hold its values', () => {
    expect(() => safetensors({ a: { shape: [3], values: new Float32Array(2) } })).toThrow(RangeError);
  });
});
