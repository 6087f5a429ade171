import { asObject, isCount, parseJson } from './json-reading.js';

const stages = ['embedding', 'testing', 'scoring'] as const;

/** Progress as reported by the GPU side. */
export interface JobProgress {
  readonly stage: (typeof stages)[number];
  readonly done: number;
  readonly of: number;
}

/**
 * Parses the `output` of a job that is IN_PROGRESS; null if it is no valid progress. Progress is only shown to people,
 * so an invalid one does not fail the job.
 */
export function parseProgress(output: unknown): JobProgress | null {
  const fields = asObject(typeof output === 'string' ? parseJson(output) : output);
  const stage = stages.find((known) => known === fields?.stage);
  if (!fields || !stage || !isCount(fields.done, 0) || !isCount(fields.of, 0)) return null;
  return fields.done <= fields.of ? { stage, done: fields.done, of: fields.of } : null;
}
