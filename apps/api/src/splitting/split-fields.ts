import { sampleSelections, splitModes, type SplitMode, type SampleSelection } from '#libs/audio';
import { AppError } from '#libs/errors';
import { splitBounds } from '#libs/samples';
import { splitDefaults, type RequestedSplit } from '#libs/voices';
import { OptionalChoice, OptionalWholeNumber } from '../body/field-rules.js';

/**
 * How openapi.json shows a field; without it the field is left out. Later fields have their default in the description only,
 * because openapi-typescript takes a field with a `default` for one that is always sent.
 */
interface FieldDocs<T> {
  readonly default?: T;
  readonly description: string;
}

type SplitField<T> = (docs?: FieldDocs<T>) => PropertyDecorator;

export const ModeField: SplitField<SplitMode> = (docs) =>
  OptionalChoice(splitModes, docs && { name: 'SplitMode', about: 'Where samples are cut.', ...docs });
export const SelectField: SplitField<SampleSelection> = (docs) =>
  OptionalChoice(sampleSelections, docs && { name: 'SampleSelection', about: 'Which samples are kept.', ...docs });
export const MaxSamplesField: SplitField<number> = (docs) => OptionalWholeNumber(splitBounds.maxSamples, docs);
export const SampleDurationField: SplitField<number> = (docs) =>
  OptionalWholeNumber(splitBounds.sampleDurationSeconds, docs);
export const MinDurationField: SplitField<number> = (docs) => OptionalWholeNumber(splitBounds.minDurationSeconds, docs);

/** The fields of a split as a request gives them. */
export interface GivenSplit {
  readonly mode?: SplitMode | undefined;
  readonly max_samples?: number | undefined;
  readonly sample_duration?: number | undefined;
  readonly min_duration?: number | undefined;
  readonly select?: SampleSelection | undefined;
}

/**
 * Returns the parameters of a split. Defaults fill what the request does not give.
 *
 * @param prefix what the names of the fields start with in this request
 * @throws AppError `invalid_parameter` if the samples would have to be longer than they may be
 */
export function requestedSplit(given: GivenSplit, defaultMode: SplitMode, prefix: '' | 'split_' = ''): RequestedSplit {
  const sampleDurationSeconds = given.sample_duration ?? splitDefaults.sampleDurationSeconds;
  const minDurationSeconds = given.min_duration ?? splitDefaults.minDurationSeconds;
  if (minDurationSeconds > sampleDurationSeconds) {
    const [field, other] = [`${prefix}min_duration`, `${prefix}sample_duration`];
    throw AppError.field(field, `${field} must not exceed ${other} (${sampleDurationSeconds})`);
  }
  return {
    mode: given.mode ?? defaultMode,
    maxSamples: given.max_samples ?? splitDefaults.maxSamples,
    sampleDurationSeconds,
    minDurationSeconds,
    select: given.select ?? splitDefaults.select,
  };
}
