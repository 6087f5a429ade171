import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { oggCrc } from './ogg-crc.js';

/** The checksum, bit by bit as RFC 3533 §6 defines it. */
function bitByBit(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}

describe('oggCrc', () => {
  it('returns the check value of the catalogue of CRC algorithms', () => {
    // CRC-32/CKSUM has the same polynomial, inverted at the end, and the check value 765e7680.
    expect(oggCrc(Buffer.from('123456789'))).toBe(~0x765e7680 >>> 0);
    expect(oggCrc(Buffer.alloc(0))).toBe(0);
  });

  it('equals the definition for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => oggCrc(bytes) === bitByBit(bytes)));
  });

  it('can be computed in pieces', () => {
    const pieces = fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }));
    fc.assert(fc.property(pieces, ([a, b]) => oggCrc(b, oggCrc(a)) === oggCrc(Buffer.concat([a, b]))));
  });
});
