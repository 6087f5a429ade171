import type { Malformation } from '../behaviours/malformation.js';

export const stages = ['embedding', 'testing', 'scoring'] as const;
export type Stage = (typeof stages)[number];

/** The `output` of /status while the handler runs. */
export interface Progress {
  readonly stage: Stage;
  readonly done: number;
  readonly of: number;
}

/** One run of the handler. */
export interface HandlerRun {
  readonly signal: AbortSignal;
  /** 1, or higher if the handler runs again for the same job. */
  readonly number: number;
  readonly malformation: Malformation | null;
  /** Indexes of samples that fail, whatever they hold. */
  readonly failing: readonly number[];
  /** Minimum size of an embedding file. */
  readonly minEmbeddingBytes: number;
  /** Called and awaited at the start of each stage. */
  readonly enter: (stage: Stage) => Promise<void>;
  readonly report: (progress: Progress) => void;
}

/** Starts a stage. @returns a function to call after each item */
export async function startStage(run: HandlerRun, stage: Stage, of: number): Promise<() => void> {
  let done = 0;
  run.report({ stage, done, of });
  await run.enter(stage);
  run.signal.throwIfAborted();
  return () => run.report({ stage, done: ++done, of });
}
