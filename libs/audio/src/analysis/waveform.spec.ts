import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomTrack, trackOfLevels } from '../../../../test/support/made-tracks.js';
import { packetSamples, samplesPerSecond } from '../ogg/opus-packet.js';
import { waveformOf } from './waveform.js';

/** A track of up to 4 s, and a range within it. */
const drawn = fc
  .record({ frames: fc.integer({ min: 1, max: 200 }), seed: fc.nat(), points: fc.integer({ min: 1, max: 400 }) })
  .chain(({ frames, seed, points }) => {
    const seconds = (frames * packetSamples) / samplesPerSecond;
    const edges = fc.tuple(
      fc.double({ min: 0, max: seconds / 2, noNaN: true }),
      fc.double({ min: 0.001, max: seconds / 2, noNaN: true }),
    );
    return edges.map(([fromSeconds, length]) => ({
      track: randomTrack(frames, seed),
      range: { fromSeconds, toSeconds: fromSeconds + length, points },
    }));
  });

describe('waveformOf', () => {
  it('draws one point for each frame as the frame is', () => {
    const track = trackOfLevels({ level: [20, 40, 255, 80], peak: [10, 30, 255, 60] });
    const { points } = waveformOf(track, { fromSeconds: 0, toSeconds: 0.08, points: 4 });
    expect(points).toEqual([
      [-5, -10],
      [-15, -20],
      [-127.5, -127.5],
      [-30, -40],
    ]);
  });

  it('draws the loudest peak and the mean power of several frames', () => {
    const track = trackOfLevels({ level: [20, 255, 40, 40], peak: [10, 255, 30, 20] });
    const { points } = waveformOf(track, { fromSeconds: 0, toSeconds: 0.08, points: 2 });
    expect(points).toEqual([
      [-5, -13],
      [-10, -20],
    ]);
  });

  it('repeats a frame that is longer than a point', () => {
    const track = trackOfLevels({ level: [20, 40], peak: [10, 30] });
    const { points } = waveformOf(track, { fromSeconds: 0.02, toSeconds: 0.04, points: 3 });
    expect(points).toEqual(Array(3).fill([-15, -20]));
  });

  it('covers its range without gaps: the loudest point is as loud as the loudest frame', () => {
    fc.assert(
      fc.property(drawn, ({ track, range }) => {
        const { points } = waveformOf(track, range);
        const [from, to] = [range.fromSeconds, range.toSeconds].map((seconds) => seconds * 50) as [number, number];
        const inner = track.peak.subarray(Math.ceil(from), Math.max(Math.ceil(from), Math.floor(to)));
        const touched = track.peak.subarray(Math.floor(from), Math.ceil(to));
        const loudest = Math.max(...points.map(([peak]) => peak));
        expect(points).toHaveLength(range.points);
        expect(loudest).toBeGreaterThanOrEqual(-Math.min(255, ...inner) / 2);
        expect(loudest).toBeLessThanOrEqual(-Math.min(...touched) / 2);
      }),
    );
  });

  it('draws halves as the whole does', () => {
    fc.assert(
      fc.property(drawn, ({ track, range }) => {
        const whole = { fromSeconds: 0, toSeconds: track.level.length / 50, points: 2 * range.points };
        const middle = whole.toSeconds / 2;
        const halves = [
          waveformOf(track, { fromSeconds: 0, toSeconds: middle, points: range.points }),
          waveformOf(track, { fromSeconds: middle, toSeconds: whole.toSeconds, points: range.points }),
        ];
        expect(halves.flatMap(({ points }) => points)).toEqual(waveformOf(track, whole).points);
      }),
    );
  });

  it('returns speech in order, within the range', () => {
    fc.assert(
      fc.property(drawn, ({ track, range }) => {
        const edges = waveformOf(track, range).speech.flat();
        expect(edges).toEqual([...edges].sort((a, b) => a - b));
        for (const edge of edges) {
          expect(edge).toBeGreaterThanOrEqual(range.fromSeconds);
          expect(edge).toBeLessThanOrEqual(range.toSeconds);
        }
      }),
    );
  });

  it('returns where somebody speaks', () => {
    const level = Array.from({ length: 250 }, (_, frame) => (frame >= 50 && frame < 150 ? 40 + (frame % 20) : 160));
    const track = trackOfLevels({ level });
    const { speech } = waveformOf(track, { fromSeconds: 0, toSeconds: 5, points: 10 });
    expect(speech).toHaveLength(1);
    expect(speech[0]?.[0]).toBeCloseTo(1, 0);
    expect(speech[0]?.[1]).toBeCloseTo(3, 0);
    const clipped = waveformOf(track, { fromSeconds: 1.515, toSeconds: 2.505, points: 10 }).speech;
    expect(clipped).toEqual([[1.515, 2.505]]);
  });

  it('draws silence past the end of the recording', () => {
    const track = trackOfLevels({ level: [20] });
    const { points } = waveformOf(track, { fromSeconds: 0, toSeconds: 0.04, points: 2 });
    expect(points[1]).toEqual([-127.5, -127.5]);
  });

  it('refuses a range without points or length', () => {
    const track = trackOfLevels({ level: [20] });
    for (const range of [
      { fromSeconds: 0, toSeconds: 1, points: 0 },
      { fromSeconds: 1, toSeconds: 1, points: 10 },
      { fromSeconds: -1, toSeconds: 1, points: 10 },
      { fromSeconds: Number.NaN, toSeconds: 1, points: 10 },
    ]) {
      expect(() => waveformOf(track, range)).toThrow(RangeError);
    }
  });
});
