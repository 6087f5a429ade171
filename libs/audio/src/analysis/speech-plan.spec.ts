import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anySpoken, spokenTrack, type SpokenTrack } from '../../../../test/support/spoken-track.js';
import { pickOfForm } from '../../../../test/support/test-form.js';
import { packetSamples, samplesPerSecond } from '../ogg/opus-packet.js';
import type { PlannedWindow } from './planned-window.js';
import { planSpeech } from './speech-plan.js';

const air = 7_200;

const anyBounds = fc
  .tuple(fc.integer({ min: 3, max: 60 }), fc.integer({ min: 3, max: 60 }))
  .map(([a, b]) => ({ minSeconds: Math.min(a, b), maxSeconds: Math.max(a, b) }));

/** Checks a property of the plans of any recording. */
function holds(check: (plan: readonly PlannedWindow[], spoken: SpokenTrack, bounds: Bounds) => void): void {
  fc.assert(
    fc.property(anySpoken, anyBounds, (recipe, bounds) => {
      const spoken = spokenTrack(...recipe);
      check(planSpeech(spoken.track, bounds), spoken, bounds);
    }),
    { numRuns: pickOfForm(30, 100), seed: 20_261_129 },
  );
}

interface Bounds {
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

const endOf = ({ startSamples, durationSamples }: PlannedWindow): number => startSamples + durationSamples;

/** The pause that a place lies in, in samples; undefined inside of speech. */
function pauseAt({ track, spoken }: SpokenTrack, place: number): readonly [from: number, to: number] | undefined {
  const frames = spoken.map(([from, to]) => [from * packetSamples, to * packetSamples] as const);
  if (frames.some(([from, to]) => place > from && place < to)) return undefined;
  const before = frames.filter(([, to]) => to <= place).map(([, to]) => to);
  const after = frames.filter(([from]) => from >= place).map(([from]) => from);
  return [Math.max(0, ...before), Math.min(track.totalSamples, ...after)];
}

/** Speech whose gaps have no room for the air of two windows, in frames. */
function withoutRoom({ spoken }: SpokenTrack): number[] {
  const lengths: number[] = [];
  let [from, end] = [0, -Infinity];
  for (const [start, to] of spoken) {
    if (start - end >= 15) from = start;
    else lengths.pop();
    end = to;
    lengths.push(end - from);
  }
  return lengths;
}

describe('planSpeech, for any recording', () => {
  it('keeps the order of the recording, without overlaps, inside of it', () => {
    holds((plan, { track }) => {
      let end = 0;
      for (const window of plan) {
        expect(window.startSamples).toBeGreaterThanOrEqual(end);
        expect(Number.isInteger(window.startSamples) && Number.isInteger(window.durationSamples)).toBe(true);
        end = endOf(window);
      }
      expect(end).toBeLessThanOrEqual(track.totalSamples);
    });
  });

  it('keeps durations between minimum and maximum', () => {
    holds((plan, _spoken, { minSeconds, maxSeconds }) => {
      for (const { durationSamples } of plan) {
        expect(durationSamples).toBeGreaterThanOrEqual(minSeconds * samplesPerSecond);
        expect(durationSamples).toBeLessThanOrEqual(maxSeconds * samplesPerSecond);
      }
    });
  });

  it('cuts in pauses, with 150 ms of air where the pause has room for two windows, or says that it cuts in a word', () => {
    holds((plan, spoken) => {
      for (const window of plan.filter(({ isCutInWord }) => !isCutInWord)) {
        for (const place of [window.startSamples, endOf(window)]) {
          const pause = pauseAt(spoken, place);
          if (pause === undefined) throw new Error(`${place} is inside of speech`);
          if (pause[1] - pause[0] < 2 * air) continue;
          if (place > air) expect(place - pause[0]).toBeGreaterThanOrEqual(pause[0] === 0 ? 0 : air);
          const isLastPause = pause[1] === spoken.track.totalSamples;
          expect(pause[1] - place).toBeGreaterThanOrEqual(isLastPause ? 0 : air);
        }
      }
    });
  });

  it('has 150 ms of air inside of each window, where the recording has them', () => {
    holds((plan, spoken) => {
      const inside = plan.filter(({ isCutInWord }) => !isCutInWord);
      for (const window of inside) {
        const [before, after] = [pauseAt(spoken, window.startSamples), pauseAt(spoken, endOf(window))];
        if (before === undefined || after === undefined) throw new Error('A window is cut inside of speech');
        if (before[1] - before[0] >= 2 * air) expect(before[1] - window.startSamples).toBeGreaterThanOrEqual(air);
        if (after[1] - after[0] >= 2 * air) expect(endOf(window) - after[0]).toBeGreaterThanOrEqual(air);
      }
    });
  });

  it('cuts in no word if all speech without a pause fits into a window', () => {
    holds((plan, spoken, { maxSeconds }) => {
      const longest = Math.max(...withoutRoom(spoken)) * packetSamples + 2 * air;
      if (longest <= maxSeconds * samplesPerSecond) expect(plan.filter(({ isCutInWord }) => isCutInWord)).toEqual([]);
    });
  });

  it('leaves out silences of more than two seconds', () => {
    holds((plan, { spoken }) => {
      for (const window of plan) {
        const inside = spoken
          .map(([from, to]) => [from * packetSamples, to * packetSamples] as const)
          .filter(([from, to]) => to > window.startSamples && from < endOf(window));
        for (const [at, [from]] of inside.entries()) {
          expect(from - (inside[at - 1]?.[1] ?? from)).toBeLessThanOrEqual(2 * samplesPerSecond);
        }
      }
    });
  });

  it('plans the same windows again', () => {
    holds((plan, { track }, bounds) => {
      expect(planSpeech({ ...track, voice: track.voice.slice() }, bounds)).toEqual(plan);
    });
  });
});

describe('planSpeech', () => {
  const bounds = { minSeconds: 5, maxSeconds: 15 };
  const seconds = (plan: readonly PlannedWindow[]) =>
    plan.map(({ startSamples, durationSamples }) => [startSamples, durationSamples].map((n) => n / samplesPerSecond));

  it('plans nothing for silence, and for less speech than half the minimum', () => {
    expect(planSpeech(spokenTrack(3_000, []).track, bounds)).toEqual([]);
    expect(planSpeech(spokenTrack(200, [[120, 400]]).track, bounds)).toEqual([]);
  });

  it('plans one window for one phrase, with its air', () => {
    const { track } = spokenTrack(100, [[400, 100]]);
    expect(seconds(planSpeech(track, bounds))).toEqual([[1.85, 8.3]]);
  });

  it('lengthens a short phrase into the pauses beside it', () => {
    const { track } = spokenTrack(400, [[200, 400]]);
    expect(seconds(planSpeech(track, bounds))).toEqual([[7.5, 5]]);
  });

  it('prefers few long windows that keep all speech', () => {
    const { track } = spokenTrack(
      0,
      Array.from({ length: 6 }, () => [215, 35] as const),
    ); // 4.3 s and 0.7 s
    expect(seconds(planSpeech(track, bounds))).toEqual([
      [0, 14.45],
      [14.85, 14.6],
    ]);
  });

  it('cuts speech without a pause at its quietest place, and says so on both sides', () => {
    const { track } = spokenTrack(0, [[1_000, 0]]);
    const voice = track.voice.slice();
    voice.fill(90, 600, 604);
    const plan = planSpeech({ ...track, voice }, bounds);
    expect(plan).toEqual([
      { startSamples: 0, durationSamples: 602 * packetSamples, isCutInWord: true },
      { startSamples: 602 * packetSamples, durationSamples: 398 * packetSamples, isCutInWord: true },
    ]);
  });

  it('cuts in the middle of the longest short pause before it cuts in a word', () => {
    const { track } = spokenTrack(0, [
      [400, 8],
      [200, 12],
      [380, 0],
    ]);
    expect(planSpeech(track, bounds)).toEqual([
      { startSamples: 0, durationSamples: 614 * packetSamples, isCutInWord: false },
      { startSamples: 614 * packetSamples, durationSamples: 386 * packetSamples, isCutInWord: false },
    ]);
  });

  it('cuts minutes of speech into windows that follow each other', () => {
    const { track } = spokenTrack(0, [[9_000, 0]]);
    const plan = planSpeech(track, bounds);
    expect(plan.reduce((sum, { durationSamples }) => sum + durationSamples, 0)).toBe(track.totalSamples);
    expect(plan.every(({ isCutInWord }) => isCutInWord)).toBe(true);
  });
});
