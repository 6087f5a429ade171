import type { Stretch } from './cut-plan.js';
import { samplesPerSecond } from './opus-packet.js';

/** How a recording is split: consecutive windows from 0, so that source timestamps are predictable. */
export interface SampleWindows {
  /** Length of each window in whole seconds. */
  readonly windowSeconds: number;
  /** No more windows than this. */
  readonly maxSamples: number;
}

/** The window of sample `index` (from 1), whether or not the recording reaches it; undefined past `maxSamples`. */
export function windowOf(windows: SampleWindows, index: number): Stretch | undefined {
  if (index > windows.maxSamples) return undefined;
  const durationSamples = windows.windowSeconds * samplesPerSecond;
  return { startSamples: (index - 1) * durationSamples, durationSamples };
}

/**
 * Chooses which stretches of a recording of known length become samples.
 *
 * A tail shorter than one window is dropped, unless the whole recording is shorter than one window: then it is one
 * sample of its own length. Deterministic: a step that runs twice plans the same samples.
 *
 * @param totalSamples length of the decoded recording in 48 kHz samples, > 0
 * @returns windows in order, at most `maxSamples`, never empty
 */
export function planWindows(windows: SampleWindows, totalSamples: number): readonly Stretch[] {
  const windowSamples = windows.windowSeconds * samplesPerSecond;
  if (totalSamples < windowSamples) return [{ startSamples: 0, durationSamples: totalSamples }];
  const count = Math.min(windows.maxSamples, Math.floor(totalSamples / windowSamples));
  return Array.from({ length: count }, (_, at) => ({
    startSamples: at * windowSamples,
    durationSamples: windowSamples,
  }));
}

/** Audio needed before every sample can be cut, in seconds: nothing after it changes a sample. */
export function secondsNeeded(windows: SampleWindows): number {
  return windows.windowSeconds * windows.maxSamples;
}
