import { planWindows } from '../cutting/sample-windows.js';
import { bestWindows } from './best-windows.js';
import type { PlannedWindow } from './planned-window.js';
import { planSpeech } from './speech-plan.js';
import type { AnalysisTrack } from './track.js';

/** How the ends of samples are found: at fixed distances, or in pauses. */
export const splitModes = ['fixed', 'speech'] as const;

export type SplitMode = (typeof splitModes)[number];

/** Which windows become samples: the first ones, or the best ones. */
export const sampleSelections = ['first', 'best'] as const;

export type SampleSelection = (typeof sampleSelections)[number];

/** How to split a recording. */
export interface SplitRequest {
  readonly mode: SplitMode;
  /** Length of each window in `fixed` mode, maximum length in `speech` mode: whole seconds. */
  readonly windowSeconds: number;
  /** Minimum length of a window in `speech` mode, in seconds. */
  readonly minSeconds: number;
  /** Maximum number of windows. */
  readonly maxSamples: number;
  readonly select: SampleSelection;
}

export interface SplitPlan {
  /** In the order of the recording, without overlaps, never empty. */
  readonly windows: readonly PlannedWindow[];
  /** 48 kHz samples of the recording that are in no window. */
  readonly droppedSamples: number;
}

/**
 * Plans the samples of a recording. A recording in which nobody speaks long enough is split as in `fixed` mode.
 *
 * Deterministic: a step that runs twice plans the same samples.
 */
export function planSplit(track: AnalysisTrack, request: SplitRequest): SplitPlan {
  const planned = allWindows(track, request);
  const { maxSamples, select } = request;
  const windows = select === 'best' ? bestWindows(track, planned, maxSamples) : planned.slice(0, maxSamples);
  const kept = windows.reduce((sum, { durationSamples }) => sum + durationSamples, 0);
  return { windows, droppedSamples: track.totalSamples - kept };
}

/** Plans the windows of the whole recording. */
function allWindows(track: AnalysisTrack, { mode, windowSeconds, minSeconds }: SplitRequest): readonly PlannedWindow[] {
  const planned = mode === 'speech' ? planSpeech(track, { minSeconds, maxSeconds: windowSeconds }) : [];
  if (planned.length > 0) return planned;
  const windows = planWindows({ windowSeconds, maxSamples: Infinity }, track.totalSamples);
  return windows.map((stretch) => ({ ...stretch, isCutInWord: false }));
}
