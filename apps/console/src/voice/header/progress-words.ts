import type { Schema } from '#libs/client';

/** What a stage counts (openapi.json, `Progress.stage`). */
type Unit = 'nothing' | 'seconds' | 'samples' | 'items' | 'files';

const units: Readonly<Record<Schema<'ProgressStage'>, Unit>> = {
  queued: 'nothing',
  converting: 'seconds',
  cutting: 'samples',
  embedding: 'items',
  testing: 'items',
  scoring: 'items',
  importing: 'files',
};

/** How far processing has come, for a bar with words. */
export interface Counted {
  /** `nothing` if it is not known how much there is to do. */
  readonly unit: Unit;
  /** From 0 to 1; undefined if it is not known. */
  readonly value: number | undefined;
}

/** Returns what the progress of a voice counts. A stage that a later Timbre adds counts items. */
export function countedOf({ stage, done, of }: Schema<'Progress'>): Counted {
  const unit = units[stage] ?? 'items';
  return unit === 'nothing' || of === 0 ? { unit: 'nothing', value: undefined } : { unit, value: done / of };
}
