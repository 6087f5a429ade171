import { describe, expect, it } from '@jest/globals';
import { trackOfLevels } from '../../../../test/support/made-tracks.js';
import { pinkNoise, randomNumbers } from '../../../../test/support/pcm.js';
import { spokenTrack } from '../../../../test/support/spoken-track.js';
import { speechIn } from './pauses.js';
import { TrackMeter } from './track-meter.js';
import { analysisRate, type AnalysisTrack } from './track.js';

function measured(seconds: number, sampleAt: (at: number) => number): AnalysisTrack {
  const meter = new TrackMeter();
  meter.push(Int16Array.from({ length: seconds * analysisRate }, (_, at) => Math.round(sampleAt(at))));
  return meter.end(seconds * 48_000);
}

const pink = pinkNoise(60 * analysisRate, randomNumbers(1));
const random = randomNumbers(2);
const hum = (at: number): number => 3_000 + 4_000 * Math.sin((2 * Math.PI * 50 * at) / analysisRate);

describe('speechIn', () => {
  it.each([
    ['digital silence', () => 0],
    ['white noise', () => 4_000 * (random() - 0.5)],
    ['pink noise', (at: number) => 1_000 * (pink[at] ?? 0)],
    ['hum with DC', hum],
    ['hum and noise', (at: number) => hum(at) + 100 * (pink[at] ?? 0)],
    ['a fan that is switched on', (at: number) => (at < 30 * analysisRate ? 20 : 1_000) * (pink[at] ?? 0)],
    ['noise that is switched off', (at: number) => (at < 30 * analysisRate ? 1_000 : 0) * (pink[at] ?? 0)],
    ['a tone', (at: number) => (at % (4 * analysisRate) < 2 * analysisRate ? 8_000 * Math.sin(at / 5) : 0)],
    ['clicks', (at: number) => (at % analysisRate < 160 ? 16_000 : 0)],
  ])('finds none in %s', (_what, sampleAt) => {
    expect(speechIn(measured(60, sampleAt))).toEqual([]);
  });

  it('finds speech and its pauses, to the frame', () => {
    const { track, spoken } = spokenTrack(100, [
      [200, 20],
      [300, 100],
      [60, 8],
      [300, 0],
    ]);
    expect(speechIn(track)).toEqual(spoken);
  });

  it('counts a gap of less than 160 ms as part of a word', () => {
    const { track } = spokenTrack(100, [
      [200, 7],
      [200, 100],
    ]);
    expect(speechIn(track)).toEqual([[100, 507]]);
  });

  it('finds quiet speech beside loud speech, when the recording changes its level', () => {
    const loud = spokenTrack(
      0,
      Array.from({ length: 10 }, () => [100, 30] as const),
    );
    const levels = [...loud.track.level];
    const level = [...levels, ...levels.map((value) => value + 70)];
    const { length } = levels;
    const quiet = loud.spoken.map(([from, to]) => [from + length, to + length]);
    const found = speechIn(trackOfLevels({ level }));
    // Within two seconds of the change, speech and pauses may be confused.
    expect(found.slice(0, 9)).toEqual(loud.spoken.slice(0, 9));
    expect(found.slice(-9)).toEqual(quiet.slice(1));
  });

  it('counts the release of a plosive as speech, and a click alone as none', () => {
    const { track } = spokenTrack(100, [
      [200, 10],
      [2, 100],
      [2, 100],
      [200, 50],
    ]);
    expect(speechIn(track)).toEqual([
      [100, 300],
      [310, 312],
      [514, 714],
    ]);
  });
});
