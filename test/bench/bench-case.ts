import type { AudioTools } from '#libs/audio';
import type { Stack } from '../support/stack.js';
import type { Inputs } from './inputs.js';

/** How much work a run does. `--short` proves that every case runs; its figures mean nothing. */
export interface Scale {
  /** How often ours and the reference take turns. */
  readonly rounds: number;
  readonly hourSeconds: number;
  readonly sevenMinutesSeconds: number;
  readonly minuteRecordings: number;
  readonly minuteSeconds: number;
  readonly secondRecordings: number;
  readonly uploadBytes: number;
  readonly downloads: number;
  readonly bundleSamples: number;
  readonly bundleSampleSeconds: number;
  readonly detailRequests: number;
  readonly fewVoices: number;
  readonly manyVoices: number;
  readonly listedVoices: number;
}

/** What a case is run with. */
export interface Lab {
  readonly stack: Stack;
  readonly tools: AudioTools;
  readonly inputs: Inputs;
  readonly scale: Scale;
  /** A folder for files of the references. */
  readonly folder: string;
}

/** Measurements of one kind, in the order they were taken. */
export interface Series {
  readonly name: string;
  readonly values: readonly number[];
}

/** One line of the result: ours against a reference that took turns with it. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly ours: Series;
  /** Absent: the target is a bound on ours alone. */
  readonly reference?: Series;
  /** Bound on the ratio of medians, or on the median of ours when there is no reference. */
  readonly target: { readonly at: 'most' | 'least'; readonly value: number };
  /** Facts beside the figure: memory, what was counted, how the reference differs from the one that was named. */
  readonly notes?: readonly string[];
}

export interface BenchCase {
  readonly name: string;
  run(lab: Lab): Promise<readonly Row[]>;
}
