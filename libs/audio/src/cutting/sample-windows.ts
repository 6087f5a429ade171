import type { Stretch } from './cut-plan.js';
import { samplesPerSecond } from '../ogg/opus-packet.js';

/** How to split a recording: into consecutive windows from 0, so that source timestamps are predictable. */
export interface SampleWindows {
  /** Length of each window in whole seconds. */
  readonly windowSeconds: number;
  /** Maximum number of windows. */
  readonly maxSamples: number;
}

/** What is cut out of a stream: windows from its start, or the stretches of a plan, in order and without overlaps. */
export type CutWindows = SampleWindows | readonly Stretch[];

/** Whether the stretches were planned for a recording of known length. Else the recording may end before a window. */
export const arePlanned = (windows: CutWindows): windows is readonly Stretch[] => !('windowSeconds' in windows);

/** Returns the window of sample `index` (from 1), even past the end of the recording; undefined past the last one. */
export function windowOf(windows: CutWindows, index: number): Stretch | undefined {
  if (arePlanned(windows)) return windows[index - 1];
  if (index > windows.maxSamples) return undefined;
  const durationSamples = windows.windowSeconds * samplesPerSecond;
  return { startSamples: (index - 1) * durationSamples, durationSamples };
}

/**
 * Chooses which stretches of a recording of known length become samples.
 *
 * A tail shorter than one window is dropped. A recording shorter than one window becomes one sample of its own length.
 * Deterministic: a step that runs twice plans the same samples.
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

/** Returns how many seconds of a recording are needed to cut every sample. Later audio changes no sample. */
export function secondsNeeded(windows: SampleWindows): number {
  return windows.windowSeconds * windows.maxSamples;
}
