import { asObject, isCount, parseJson } from './json-reading.js';

const stages = ['embedding', 'testing', 'scoring'] as const;

/** How far the GPU side is, as it reports it. */
export interface JobProgress {
  readonly stage: (typeof stages)[number];
  readonly done: number;
  readonly of: number;
}

/**
 * Reads the `output` of a job that is IN_PROGRESS; null when it is no progress. Progress is news for people: what
 * cannot be read is left out, and fails nothing.
 */
export function parseProgress(output: unknown): JobProgress | null {
  const fields = asObject(typeof output === 'string' ? parseJson(output) : output);
  const stage = stages.find((known) => known === fields?.stage);
  if (!fields || !stage || !isCount(fields.done, 0) || !isCount(fields.of, 0)) return null;
  return fields.done <= fields.of ? { stage, done: fields.done, of: fields.of } : null;
}
