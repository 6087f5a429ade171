import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { joinTracks } from './join-tracks.js';
import { TrackMeter } from './track-meter.js';
import { analysisRate, type AnalysisTrack } from './track.js';

function measured(samples: Int16Array): AnalysisTrack {
  const meter = new TrackMeter();
  meter.push(samples);
  return meter.end(3 * samples.length);
}

/** Noise, with levels that change every second; some seconds are digital silence. */
const recording = fc
  .tuple(
    fc.array(fc.constantFrom(0, 3, 200, 9_000, 60_000), { minLength: 4, maxLength: 12 }),
    fc.integer(),
    fc.nat(15_999),
  )
  .map(([seconds, seed, rest]) => {
    let state = seed | 0;
    const random = (): number => ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0) >>> 8) / 2 ** 24 - 0.5;
    const sample = (at: number): number => random() * (seconds[Math.floor(at / analysisRate)] ?? 0);
    return Int16Array.from({ length: (seconds.length - 1) * analysisRate + rest }, (_, at) => sample(at));
  });

describe('joinTracks', () => {
  it('gives the track of one pass for every division into sections', () => {
    fc.assert(
      fc.property(recording, fc.uniqueArray(fc.integer({ min: 2, max: 10 }), { maxLength: 3 }), (samples, cuts) => {
        const starts = [0, ...cuts.sort((a, b) => a - b)].filter((start) => start * analysisRate < samples.length);
        const parts = starts.map((startSeconds, at) => {
          const leadSeconds = at === 0 ? 0 : 1;
          const [from, to] = [startSeconds - leadSeconds, starts[at + 1] ?? Infinity];
          return { startSeconds, leadSeconds, track: measured(samples.slice(from * analysisRate, to * analysisRate)) };
        });
        expect(joinTracks(parts)).toEqual(measured(samples));
      }),
      { numRuns: 40, seed: 20_261_129 },
    );
  });

  it('returns an empty track without sections', () => {
    expect(joinTracks([])).toEqual(new TrackMeter().end(0));
  });
});
