import type { Schema } from '#libs/client';

/** What the editor of a split sets. All of it is sent, so that the operator's defaults do not surprise. */
export interface SplitForm {
  readonly mode: Schema<'SplitMode'>;
  readonly maxSamples: number;
  readonly sampleSeconds: number;
  /** Only in the mode `speech`. */
  readonly minSeconds: number;
  readonly select: Schema<'SampleSelection'>;
}

/** What the editor starts with: cuts in pauses, otherwise the defaults of the API. */
export const firstForm: SplitForm = {
  mode: 'speech',
  maxSamples: 25,
  sampleSeconds: 15,
  minSeconds: 5,
  select: 'first',
};

/** Returns the body of a split. The shortest length is sent only where it has a meaning, and is never above the longest. */
export const splitBody = ({
  mode,
  maxSamples,
  sampleSeconds,
  minSeconds,
  select,
}: SplitForm): Schema<'SplitFields'> => ({
  mode,
  max_samples: maxSamples,
  sample_duration: sampleSeconds,
  select,
  ...(mode === 'speech' && { min_duration: Math.min(minSeconds, sampleSeconds) }),
});
