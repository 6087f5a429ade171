import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anySpoken, spokenTrack } from '../../../../test/support/spoken-track.js';
import { pickOfForm } from '../../../../test/support/test-form.js';
import { planWindows } from '../cutting/sample-windows.js';
import { samplesPerSecond } from '../ogg/opus-packet.js';
import { planSplit, sampleSelections, splitModes, type SplitRequest } from './split-plan.js';
import type { AnalysisTrack } from './track.js';

const anyRequest: fc.Arbitrary<SplitRequest> = fc.record({
  mode: fc.constantFrom(...splitModes),
  windowSeconds: fc.integer({ min: 3, max: 60 }),
  minSeconds: fc.integer({ min: 3, max: 60 }),
  maxSamples: fc.integer({ min: 1, max: 30 }),
  select: fc.constantFrom(...sampleSelections),
});

function holds(check: (track: AnalysisTrack, request: SplitRequest) => void): void {
  fc.assert(
    fc.property(anySpoken, anyRequest, (recipe, request) => check(spokenTrack(...recipe).track, request)),
    { numRuns: pickOfForm(30, 100), seed: 20_261_129 },
  );
}

describe('planSplit, for any recording', () => {
  it('cuts fixed windows from the first on exactly where planWindows does', () => {
    holds((track, request) => {
      const { windows } = planSplit(track, { ...request, mode: 'fixed', select: 'first' });
      const expected = planWindows(request, track.totalSamples);
      expect(windows).toEqual(expected.map((stretch) => ({ ...stretch, isCutInWord: false })));
    });
  });

  it('has at least one window and at most the maximum, in order, without overlaps', () => {
    holds((track, request) => {
      const { windows } = planSplit(track, request);
      expect(windows.length).toBeGreaterThanOrEqual(1);
      expect(windows.length).toBeLessThanOrEqual(request.maxSamples);
      for (const [at, { startSamples }] of windows.entries()) {
        const before = windows[at - 1];
        if (before) expect(startSamples).toBeGreaterThanOrEqual(before.startSamples + before.durationSamples);
      }
    });
  });

  it('counts what is in no window as dropped', () => {
    holds((track, request) => {
      const { windows, droppedSamples } = planSplit(track, request);
      const kept = windows.reduce((sum, { durationSamples }) => sum + durationSamples, 0);
      expect(kept + droppedSamples).toBe(track.totalSamples);
      expect(droppedSamples).toBeGreaterThanOrEqual(0);
    });
  });

  it('takes the first windows of the whole recording, or the best of the same windows', () => {
    holds((track, request) => {
      const all = planSplit(track, { ...request, maxSamples: Infinity }).windows;
      const first = planSplit(track, { ...request, select: 'first' }).windows;
      expect(first).toEqual(all.slice(0, request.maxSamples));
      const best = planSplit(track, { ...request, select: 'best' }).windows;
      expect(best).toHaveLength(first.length);
      for (const window of best) expect(all).toContainEqual(window);
    });
  });

  it('plans the same windows again', () => {
    holds((track, request) => {
      expect(planSplit({ ...track, voice: track.voice.slice() }, request)).toEqual(planSplit(track, request));
    });
  });
});

describe('planSplit', () => {
  const request: SplitRequest = { mode: 'speech', windowSeconds: 15, minSeconds: 5, maxSamples: 25, select: 'first' };
  const whole = (track: AnalysisTrack) => [
    { startSamples: 0, durationSamples: track.totalSamples, isCutInWord: false },
  ];

  it('makes one sample of a recording that is shorter than the minimum', () => {
    const { track } = spokenTrack(20, [[150, 20]], 7);
    expect(planSplit(track, request)).toEqual({ windows: whole(track), droppedSamples: 0 });
  });

  it('makes one sample of a recording that is exactly one window of speech', () => {
    const { track } = spokenTrack(0, [[750, 0]]);
    expect(planSplit(track, request)).toEqual({ windows: whole(track), droppedSamples: 0 });
  });

  it('splits a recording in which nobody speaks as in fixed mode', () => {
    const { track } = spokenTrack(2_000, []);
    const fixed = planSplit(track, { ...request, mode: 'fixed' });
    expect(planSplit(track, request)).toEqual(fixed);
    expect(fixed.windows).toHaveLength(2);
  });

  it('takes the maximum for a minimum that is longer', () => {
    const { track } = spokenTrack(100, [[700, 100]]);
    const { windows } = planSplit(track, { ...request, windowSeconds: 5, minSeconds: 10 });
    expect(windows.map(({ durationSamples }) => durationSamples / samplesPerSecond)).toEqual([5, 5, 5]);
  });

  it.each(splitModes)('takes the best windows in the order of the recording, in %s mode', (mode) => {
    // Windows of 15 s. In the first and the third, somebody speaks for 8 s only.
    const slow = [[130, 80] as const, [130, 80] as const, [130, 200] as const];
    const fluent = [[300, 40] as const, [300, 110] as const];
    const { track } = spokenTrack(0, [...slow, ...fluent, ...slow, ...fluent]);
    const { windows } = planSplit(track, { ...request, mode, select: 'best', maxSamples: 2 });
    expect(windows.map(({ startSamples }) => Math.round(startSamples / samplesPerSecond))).toEqual([15, 45]);
  });
});
