import type { Schema } from '#libs/client';
import { startOf } from '../samples/sample-order.js';

/** A stretch of the recording that is, or would be, a sample. */
export interface Cut {
  readonly number: number;
  readonly from: number;
  readonly to: number;
  readonly grade: Schema<'SampleGrade'> | undefined;
  readonly isPreferred: boolean;
}

/** Returns the stretches of a voice's samples that are of its recording. */
export const cutsOf = ({
  samples,
  preferred_sample_index,
}: Pick<Schema<'VoiceDetails'>, 'samples' | 'preferred_sample_index'>): readonly Cut[] =>
  samples.flatMap((sample) => {
    const from = startOf(sample);
    if (from === undefined) return [];
    return [
      {
        number: sample.index,
        from,
        to: from + sample.duration,
        grade: sample.quality?.grade,
        isPreferred: sample.index === preferred_sample_index,
      },
    ];
  });

export const plannedCuts = (samples: readonly Schema<'PlannedSample'>[]): readonly Cut[] =>
  samples.map(({ start, duration, quality }, index) => ({
    number: index + 1,
    from: start,
    to: start + duration,
    grade: quality.grade,
    isPreferred: false,
  }));

/** Returns the cut at a place. Where two overlap, it is the later one. */
export const cutAt = (cuts: readonly Cut[], seconds: number): Cut | undefined =>
  cuts.findLast(({ from, to }) => seconds >= from && seconds < to);
