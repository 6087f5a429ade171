import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RunMeter } from './run-meter.js';
import { TrackMeter } from './track-meter.js';
import { frameSamples } from './track.js';

/** 16-bit samples of a few frames. */
const samples = Int16Array.from({ length: 5 * frameSamples + 100 }, (_, at) => ((at * 7_919) % 20_000) - 10_000);
const bytes = Buffer.from(samples.buffer);
const totalSamples = 3 * samples.length;
const expected = new TrackMeter();
expected.push(samples);
const track = expected.end(totalSamples);

describe('RunMeter.push', () => {
  it('takes pieces of any length, also half a sample', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (cuts) => {
        const meter = new RunMeter();
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        for (const [piece, end] of at.slice(1).entries()) meter.push(bytes.subarray(at[piece], end));
        expect(meter.track(totalSamples)).toEqual(track);
      }),
      { numRuns: 100, seed: 20_261_129 },
    );
  });

  it('reads from any address', () => {
    const meter = new RunMeter();
    meter.push(Buffer.concat([Buffer.from([1]), bytes]).subarray(1));
    expect(meter.track(totalSamples)).toEqual(track);
  });
});

describe('RunMeter.track', () => {
  it('returns null if there is more or less PCM than audio', () => {
    const meter = new RunMeter();
    meter.push(bytes);
    expect(meter.track(totalSamples + 3)).toBeNull();
    expect(meter.track(totalSamples - 3)).toBeNull();
  });

  it('accepts that the resampler omits a sample at the end', () => {
    const meter = new RunMeter();
    meter.push(bytes);
    expect(meter.track(totalSamples + 2)?.totalSamples).toBe(totalSamples + 2);
  });
});
