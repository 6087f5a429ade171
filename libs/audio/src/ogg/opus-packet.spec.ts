import { describe, expect, it } from '@jest/globals';
import { durationOf } from './opus-packet.js';

/** A mono packet with this configuration and frame count code (RFC 6716 §3.1). */
const packet = (config: number, code: number, ...rest: number[]) => Uint8Array.of((config << 3) | code, ...rest);

describe('durationOf', () => {
  it.each([
    ['SILK 10 ms', packet(0, 0), 480],
    ['SILK 60 ms', packet(11, 0), 2880],
    ['hybrid 10 ms', packet(12, 0), 480],
    ['hybrid 20 ms', packet(15, 0), 960],
    ['CELT 2.5 ms', packet(16, 0), 120],
    ['CELT 20 ms', packet(31, 0), 960],
    ['two equal frames', packet(31, 1), 1920],
    ['two different frames', packet(31, 2), 1920],
    ['three frames, padded', packet(31, 3, 0x43), 2880],
    ['120 ms', packet(31, 3, 6), 5760],
  ])('%s', (_, bytes, samples) => {
    expect(durationOf(bytes)).toBe(samples);
  });

  it.each([
    ['nothing', Uint8Array.of()],
    ['no frames', packet(31, 3, 0)],
    ['a missing frame count', packet(31, 3)],
    ['more than 120 ms', packet(31, 3, 7)],
  ])('rejects %s', (_, bytes) => {
    expect(() => durationOf(bytes)).toThrow('An Opus packet');
  });
});
