import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ChannelLevels } from './channel-levels.js';

const rate = 8000;

/** Interleaves the 16-bit samples of several functions of time. */
function samples(seconds: number, ...channels: ((second: number) => number)[]): Buffer {
  const frames = Math.round(seconds * rate);
  const values = Array.from({ length: frames }, (_, at) => channels.map((channel) => Math.round(channel(at / rate))));
  return Buffer.from(Int16Array.from(values.flat()).buffer);
}

const tone =
  (amplitude: number, hertz = 440) =>
  (second: number) =>
    amplitude * Math.sin(2 * Math.PI * hertz * second);
const silence = (): number => 0;

function measure(channels: number, ...chunks: Buffer[]): ChannelLevels {
  const levels = new ChannelLevels(channels, rate);
  for (const chunk of chunks) levels.push(chunk);
  return levels;
}

describe('ChannelLevels', () => {
  it.each([
    ['the same voice on both', tone(8000), tone(8000), null],
    ['a quieter one', tone(8000), tone(800), null],
    ['only the left', tone(8000), silence, null],
    ['two voices', tone(8000), tone(8000, 613), null],
    ['the right inverted', tone(8000), tone(-8000), 0],
    ['the louder one inverted', tone(8000), tone(-9000), 1],
    ['nothing', silence, silence, null],
  ])('onlyChannel for %s (%#)', (_, left, right, expected) => {
    expect(measure(2, samples(3, left, right)).onlyChannel).toBe(expected);
  });

  it('finds channels that cancel in only a part of the recording', () => {
    const right = (second: number): number => (second < 8 ? 1 : -1) * tone(8000)(second);
    expect(measure(2, samples(10, tone(8000), right)).onlyChannel).not.toBeNull();
  });

  it('mixes six channels of which one has the voice', () => {
    expect(measure(6, samples(2, silence, silence, tone(8000), silence, silence, silence)).onlyChannel).toBeNull();
  });

  it('hears what is above -60 dBFS', () => {
    expect(measure(1, samples(1, silence)).isHeard).toBe(false);
    expect(
      measure(
        1,
        samples(1, () => 32),
      ).isHeard,
    ).toBe(false);
    expect(
      measure(
        1,
        samples(1, () => -33),
      ).isHeard,
    ).toBe(true);
  });

  it('measures the same for pieces of any size', () => {
    const bytes = samples(2, tone(8000), tone(-8000));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: bytes.length }), (cut) => {
        const levels = measure(2, bytes.subarray(0, cut), bytes.subarray(cut));
        expect([levels.seconds, levels.onlyChannel]).toEqual([2, 0]);
      }),
      { numRuns: 20 },
    );
  });
});
