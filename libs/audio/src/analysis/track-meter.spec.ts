import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { packetSamples } from '../ogg/opus-packet.js';
import { kWeighting, highPass, type BiquadCoefficients } from './biquad.js';
import { blockFrames } from './frame-levels.js';
import { TrackMeter } from './track-meter.js';
import { analysisRate, bandCount, decibelsOf, frameSamples, type AnalysisTrack } from './track.js';

const fullScale = 32_767;
const sine = (frequency: number, seconds: number, amplitude = fullScale): Int16Array =>
  Int16Array.from({ length: seconds * analysisRate }, (_, at) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * frequency * at) / analysisRate)),
  );

/** 48 kHz samples of that much PCM. */
const lengthOf = (samples: Int16Array): number => 3 * samples.length;

function measured(...pieces: readonly Int16Array[]): AnalysisTrack {
  const meter = new TrackMeter();
  for (const piece of pieces) meter.push(piece);
  return meter.end(pieces.reduce((sum, piece) => sum + lengthOf(piece), 0));
}

/** A frame in which all filters have settled. */
const settled = 40;

/** Noise of several blocks, and a part of one. */
const noise = Int16Array.from({ length: 2.4 * blockFrames * frameSamples }, (_, at) => (at * at * 40_503) % 65_536);

const pcm = fc.oneof(
  fc.constant(noise),
  fc
    .array(fc.integer({ min: -32_768, max: 32_767 }), { minLength: 1, maxLength: 3_000, size: 'max' })
    .map((samples) => Int16Array.from(samples)),
);

describe('TrackMeter of sines', () => {
  it('measures level and peak against a sample of full scale', () => {
    const { level, peak } = measured(sine(1_000, 1));
    expect(decibelsOf(level[settled] ?? 0)).toBe(-3);
    expect(decibelsOf(peak[settled] ?? 0)).toBe(-0);
    const quiet = measured(sine(1_000, 1, fullScale / 100));
    expect(decibelsOf(quiet.level[settled] ?? 0)).toBe(-43);
    expect(decibelsOf(quiet.peak[settled] ?? 0)).toBe(-40);
  });

  it('weights loudness as ITU-R BS.1770 does: 997 Hz of full scale are -3.01 LUFS', () => {
    const { loudness } = measured(sine(997, 1));
    expect(decibelsOf(loudness[settled] ?? 0)).toBe(-2.5); // -3.01 + 0.691, rounded to half decibels
    expect(decibelsOf(measured(sine(40, 1)).loudness[settled] ?? 0)).toBeLessThan(-7);
    expect(decibelsOf(measured(sine(4_000, 1)).loudness[settled] ?? 0)).toBeGreaterThanOrEqual(0);
  });

  it('leaves out what is below 200 Hz in the voice', () => {
    const { voice, loudness } = measured(sine(1_000, 1));
    expect(Math.abs((voice[settled] ?? 0) - (loudness[settled] ?? 0))).toBeLessThanOrEqual(1);
    expect(decibelsOf(measured(sine(50, 1)).voice[settled] ?? 0)).toBeLessThan(-25);
  });

  it('finds the band of a tone in the spectrum', () => {
    const { spectrum } = measured(sine(5_250, 1)); // in the fifth band, 5 to 5.5 kHz
    const levels = [...spectrum.subarray(5 * bandCount, 6 * bandCount)].map(decibelsOf);
    expect(levels.indexOf(Math.max(...levels))).toBe(4);
    expect(levels[4]).toBe(-3);
    expect(levels[1]).toBeLessThan(-60);
  });

  it('counts samples at full scale, up to 255', () => {
    const square = Int16Array.from({ length: 2 * frameSamples }, (_, at) => (at % 2 === 0 ? fullScale : -32_768));
    square.fill(0, 0, frameSamples - 7);
    expect([...measured(square).clipped]).toEqual([7, 255]);
  });
});

describe('TrackMeter.push', () => {
  it('gives the same track for every division of the PCM', () => {
    fc.assert(
      fc.property(pcm, fc.array(fc.nat(noise.length), { maxLength: 6 }), (samples, cuts) => {
        const at = [0, ...cuts.map((cut) => Math.min(cut, samples.length)).sort((a, b) => a - b), samples.length];
        const pieces = at.slice(1).map((end, piece) => samples.subarray(at[piece], end));
        expect(measured(...pieces)).toEqual(measured(samples));
      }),
      { numRuns: 50, seed: 20_261_129 },
    );
  });

  it('filters as the plain form of each filter does', () => {
    fc.assert(
      fc.property(pcm, (samples) => {
        const { voice, loudness } = measured(samples);
        const weighting = kWeighting(analysisRate);
        expectClose(loudness, levelsOf(filtered(samples, weighting)));
        const filters = [...weighting, highPass(200, Math.SQRT1_2, analysisRate)];
        expectClose(voice, levelsOf(filtered(samples, filters)));
      }),
      { numRuns: 20, seed: 20_261_129 },
    );
  });

  it('measures digital silence as silence, also after sound', () => {
    const { level, peak, voice, loudness, clipped, spectrum } = measured(
      sine(300, 1),
      new Int16Array(5 * analysisRate),
    );
    for (const plane of [level, peak, voice, loudness]) expect(plane.at(-1)).toBe(255);
    expect(spectrum.at(-1)).toBe(255);
    expect(clipped.at(-1)).toBe(0);
  });
});

describe('TrackMeter.end', () => {
  it('returns as many frames as the exact length has', () => {
    const meter = new TrackMeter();
    meter.push(sine(1_000, 1).subarray(0, 2 * frameSamples)); // the resampler may omit its last sample
    const { level, spectrum, totalSamples } = meter.end(2 * packetSamples + 1);
    expect(totalSamples).toBe(2 * packetSamples + 1);
    expect([...level].map(decibelsOf)).toEqual([-3, -3, -127.5]);
    expect(spectrum).toHaveLength(bandCount);
  });

  it('keeps recordings of any length', () => {
    const { level } = measured(...Array.from({ length: 200 }, () => sine(1_000, 1)));
    expect(level).toHaveLength(200 * 50);
    expect(new Set([...level].map(decibelsOf))).toEqual(new Set([-3]));
  });
});

/** Direct form II transposed, one filter after the other. */
function filtered(samples: Int16Array, filters: readonly BiquadCoefficients[]): number[] {
  return filters.reduce(
    (input: number[], { b0, b1, b2, a1, a2 }) => {
      let [first, second] = [0, 0];
      return input.map((sample) => {
        const output = b0 * sample + first;
        [first, second] = [b1 * sample - a1 * output + second, b2 * sample - a2 * output];
        return output;
      });
    },
    [...samples],
  );
}

function levelsOf(samples: readonly number[]): number[] {
  const starts = Array.from({ length: Math.ceil(samples.length / frameSamples) }, (_, frame) => frame * frameSamples);
  return starts.map((start) => {
    const frame = samples.slice(start, start + frameSamples);
    const power = frame.reduce((sum, sample) => sum + sample ** 2, 0) / frame.length;
    return Math.max(0, Math.min(255, -20 * Math.log10(power / 32_768 ** 2)));
  });
}

function expectClose(bytes: Uint8Array, levels: readonly number[]): void {
  expect(bytes).toHaveLength(levels.length);
  for (const [frame, level] of levels.entries()) expect(Math.abs((bytes[frame] ?? 0) - level)).toBeLessThan(0.51);
}
