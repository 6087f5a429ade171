import { splitBounds } from '#libs/samples';
import { splitDefaults } from '#libs/voices';
import { WholeNumber } from '../body/field-rules.js';

export class SplitFields {
  @WholeNumber({
    ...splitBounds.maxSamples,
    default: splitDefaults.maxSamples,
    description: 'Maximum number of samples to extract (1–100).',
  })
  max_samples: number = splitDefaults.maxSamples;

  @WholeNumber({
    ...splitBounds.sampleDurationSeconds,
    default: splitDefaults.sampleDurationSeconds,
    description: 'Duration of each sample in seconds (5–60).',
  })
  sample_duration: number = splitDefaults.sampleDurationSeconds;
}
