import { ApiSchema } from '@nestjs/swagger';
import type { SampleSelection, SplitMode } from '#libs/audio';
import { splitDefaults, type RequestedSplit } from '#libs/voices';
import { OptionalFlag } from '../body/field-rules.js';
import {
  MaxSamplesField,
  MinDurationField,
  ModeField,
  SampleDurationField,
  SelectField,
  requestedSplit,
} from './split-fields.js';

@ApiSchema({ name: 'SplitFields' })
export class SplitDto {
  @MaxSamplesField({
    default: splitDefaults.maxSamples,
    description: 'Maximum number of samples to extract (1–100).',
  })
  max_samples?: number;

  @SampleDurationField({
    default: splitDefaults.sampleDurationSeconds,
    description: 'Duration of each sample in seconds (5–60). In the mode `speech` it is the maximum.',
  })
  sample_duration?: number;

  @ModeField({
    description:
      'Where samples are cut: every `sample_duration` seconds (`fixed`), or in pauses of the speech, without long silences ' +
      '(`speech`). The operator sets the default, usually `fixed`.',
  })
  mode?: SplitMode;

  @MinDurationField({
    description:
      'Minimum duration of each sample in the mode `speech` in seconds (3–60, default 5), at most `sample_duration`.',
  })
  min_duration?: number;

  @SelectField({
    description:
      'Which samples are kept if there are more than `max_samples`: the `first` ones (default), or those of the `best` ' +
      'quality.',
  })
  select?: SampleSelection;

  @OptionalFlag({
    description: '`true` changes nothing, and returns the samples that this split would make. The default is `false`.',
  })
  dry_run?: boolean;
}

/** The same fields in the query. openapi.json lists them once, in the body. */
export class SplitQuery {
  @MaxSamplesField()
  max_samples?: number;

  @SampleDurationField()
  sample_duration?: number;

  @ModeField()
  mode?: SplitMode;

  @MinDurationField()
  min_duration?: number;

  @SelectField()
  select?: SampleSelection;

  @OptionalFlag()
  dry_run?: boolean;
}

/** What a request for a split asks for. */
interface AskedSplit {
  readonly split: RequestedSplit;
  readonly isDryRun: boolean;
}

/**
 * Returns the parameters of a split. The body wins over the query, and defaults fill the rest.
 *
 * @throws AppError `invalid_parameter`
 */
export function askedSplit(body: SplitDto, query: SplitQuery, defaultMode: SplitMode): AskedSplit {
  const given = {
    mode: body.mode ?? query.mode,
    max_samples: body.max_samples ?? query.max_samples,
    sample_duration: body.sample_duration ?? query.sample_duration,
    min_duration: body.min_duration ?? query.min_duration,
    select: body.select ?? query.select,
  };
  return { split: requestedSplit(given, defaultMode), isDryRun: body.dry_run ?? query.dry_run ?? false };
}
