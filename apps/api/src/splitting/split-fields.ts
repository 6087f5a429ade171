import { splitBounds } from '#libs/samples';
import { splitDefaults } from '#libs/voices';
import { WholeNumber } from '../body/field-rules.js';

export class SplitFields {
  @WholeNumber({
    ...splitBounds.maxSamples,
    default: splitDefaults.maxSamples,
    description: 'Maximum number of samples to extract (1–100).',
  })
  max_samples?: number;

  @WholeNumber({
    ...splitBounds.sampleDurationSeconds,
    default: splitDefaults.sampleDurationSeconds,
    description: 'Duration of each sample in seconds (5–60).',
  })
  sample_duration?: number;
}

interface SplitParameters {
  readonly maxSamples: number;
  readonly sampleDurationSeconds: number;
}

/** Returns what a split was asked for: a field of the body wins over the query, and the default fills what is left. */
export function splitParameters(body: SplitFields, query: SplitFields): SplitParameters {
  return {
    maxSamples: body.max_samples ?? query.max_samples ?? splitDefaults.maxSamples,
    sampleDurationSeconds: body.sample_duration ?? query.sample_duration ?? splitDefaults.sampleDurationSeconds,
  };
}
