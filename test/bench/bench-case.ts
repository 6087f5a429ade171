import type { AudioTools } from '#libs/audio';
import type { Stack } from '../support/stack.js';
import type { Inputs } from './inputs.js';

/** How much work a run does. `--short` only proves that every case runs. Its figures mean nothing. */
export interface Scale {
  /** How many times Timbre and the reference are measured, in turns. */
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
  readonly embeddings: number;
  readonly embeddingBytes: number;
  /** Samples of a voice whose runs are restored. */
  readonly runSamples: number;
  readonly detailRequests: number;
  readonly fewVoices: number;
  readonly manyVoices: number;
  readonly listedVoices: number;
  readonly longestSeconds: number;
  readonly previews: number;
  readonly streams: number;
}

/** Everything that a case needs to run. */
export interface Lab {
  readonly stack: Stack;
  readonly tools: AudioTools;
  readonly inputs: Inputs;
  readonly scale: Scale;
  /** Folder for files of the references. */
  readonly folder: string;
}

/** Measurements of one kind, in the order in which they were taken. */
export interface Series {
  readonly name: string;
  readonly values: readonly number[];
}

/** One line of the result: Timbre compared with a reference, measured in turns. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly ours: Series;
  /** Absent if the target limits Timbre's figure itself. */
  readonly reference?: Series;
  /** Limit of the ratio of medians, or of Timbre's median if there is no reference. */
  readonly target: { readonly at: 'most' | 'least'; readonly value: number };
  /** Additional facts, such as memory, what was counted, or how the reference differs from its description. */
  readonly notes?: readonly string[];
}

export interface BenchCase {
  readonly name: string;
  run(lab: Lab): Promise<readonly Row[]>;
}
