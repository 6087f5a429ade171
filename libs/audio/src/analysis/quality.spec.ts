import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomTrack, trackOfLevels } from '../../../../test/support/made-tracks.js';
import { packetSamples, samplesPerSecond } from '../ogg/opus-packet.js';
import { bandwidthOf } from './bandwidth.js';
import { gatedLoudness, silenceLufs } from './loudness.js';
import { measureQuality } from './quality.js';
import { signalToNoise } from './signal-to-noise.js';
import { TrackMeter } from './track-meter.js';
import { bandCount, spectrumFrames } from './track.js';

const whole = (frames: number) => ({ startSamples: 0, durationSamples: frames * packetSamples });

/** One second of speech at -20 dBFS, one second of noise, and so on. */
const alternating = (noise: number): number[] =>
  Array.from({ length: 500 }, (_, frame) => (Math.floor(frame / 50) % 2 === 0 ? 40 : noise));

describe('gatedLoudness', () => {
  it('is -3.01 LUFS for a sine of 997 Hz at full scale, as BS.1770-5 says', () => {
    const meter = new TrackMeter();
    meter.push(Int16Array.from({ length: 32_000 }, (_, at) => 32_767 * Math.sin((2 * Math.PI * 997 * at) / 16_000)));
    const { loudness } = meter.end(2 * samplesPerSecond);
    expect(gatedLoudness(loudness, 10, 100)).toBeCloseTo(-3.01, 0);
  });

  it('leaves out blocks 10 LU below the others, and silence', () => {
    const alone = gatedLoudness(Uint8Array.from(Array<number>(500).fill(40)), 0, 500);
    const paused = Uint8Array.from([...Array<number>(500).fill(40), ...Array<number>(500).fill(255)]);
    expect(gatedLoudness(paused, 0, 1_000)).toBeCloseTo(alone, 0);
    expect(gatedLoudness(paused, 500, 1_000)).toBe(silenceLufs);
    expect(gatedLoudness(paused, 0, 0)).toBe(silenceLufs);
  });
});

describe('signalToNoise', () => {
  const speech = [[0, 50]] as const;

  it('is the difference of speech and noise, whose quietest frames are 2 dB below its mean', () => {
    const track = trackOfLevels({ level: alternating(100) });
    expect(signalToNoise(track, speech, [0, 500])).toBeCloseTo(50 - 20 - 2, 1);
  });

  it('does not take gaps for the absence of noise', () => {
    const level = alternating(80).map((value, frame) => (value === 80 && frame % 2 === 0 ? 255 : value));
    expect(signalToNoise(trackOfLevels({ level }), speech, [0, 500])).toBeCloseTo(18, 0);
  });

  it('is 0 where there is nothing', () => {
    expect(signalToNoise(trackOfLevels({ level: Array<number>(50).fill(255) }), [], [0, 50])).toBe(0);
  });
});

describe('bandwidthOf', () => {
  const track = (bands: readonly number[]) => {
    const level = Array<number>(500).fill(40);
    return trackOfLevels({ level, spectrum: Array.from({ length: 500 / spectrumFrames }, () => bands).flat() });
  };

  it('is the upper edge of the highest band with speech', () => {
    const full = Array<number>(bandCount).fill(80);
    expect(bandwidthOf(track(full), [[0, 500]])).toBe(8_000);
    expect(bandwidthOf(track([...full.slice(0, 5), ...Array<number>(5).fill(160)]), [[0, 500]])).toBe(5_500);
    expect(bandwidthOf(track([80, 80, ...Array<number>(8).fill(160)]), [[0, 500]])).toBe(4_000);
  });

  it('is not set by a gap between bands', () => {
    expect(bandwidthOf(track([80, 80, 160, 160, 160, 160, 160, 160, 100, 160]), [[0, 500]])).toBe(7_500);
  });
});

describe('measureQuality', () => {
  it('says whether a stretch starts or ends in speech', () => {
    const level = Array.from({ length: 500 }, (_, frame) =>
      Math.floor(frame / 100) % 2 === 1 ? 40 + (frame % 20) : 160,
    );
    const track = trackOfLevels({ level });
    const edges = (fromSeconds: number, toSeconds: number) => {
      const stretch = { startSamples: fromSeconds * 48_000, durationSamples: (toSeconds - fromSeconds) * 48_000 };
      const { startsInSpeech, endsInSpeech } = measureQuality(track, stretch);
      return [startsInSpeech, endsInSpeech];
    };
    expect(edges(1, 5)).toEqual([false, false]);
    expect(edges(3, 5)).toEqual([true, false]);
    expect(edges(1, 7)).toEqual([false, true]);
    expect(edges(3, 7)).toEqual([true, true]);
  });

  it('measures silence and a stretch past the end without failing', () => {
    const track = trackOfLevels({ level: Array<number>(50).fill(255) });
    const silence = { speechRatio: 0, loudnessLufs: -70, peakDbfs: -127.5, clippedRatio: 0, snrDb: 0 };
    expect(measureQuality(track, whole(50))).toMatchObject(silence);
    expect(measureQuality(track, { startSamples: 10 * 48_000, durationSamples: 48_000 })).toMatchObject(silence);
  });

  it('keeps every figure within its bounds', () => {
    const drawn = fc.record({ frames: fc.integer({ min: 1, max: 400 }), seed: fc.nat(), from: fc.nat(300_000) });
    fc.assert(
      fc.property(drawn, fc.integer({ min: 1, max: 400_000 }), ({ frames, seed, from }, durationSamples) => {
        const figures = measureQuality(randomTrack(frames, seed), { startSamples: from, durationSamples });
        for (const [name, least, most] of [
          ['speechRatio', 0, 1],
          ['loudnessLufs', -70, 0],
          ['peakDbfs', -127.5, 0],
          ['clippedRatio', 0, 1],
          ['snrDb', 0, 60],
          ['bandwidthHz', 4_000, 8_000],
        ] as const) {
          expect(figures[name]).toBeGreaterThanOrEqual(least);
          expect(figures[name]).toBeLessThanOrEqual(most);
        }
      }),
    );
  });
});
