import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsInt, Min, ValidateIf, type ValidationArguments } from 'class-validator';
import type { SplitMode, SampleSelection } from '#libs/audio';
import {
  FilePart,
  OptionalEmail,
  OptionalFlag,
  OptionalText,
  ParseText,
  parseWholeNumber,
  VoiceNameText,
} from '../body/field-rules.js';
import { OptionalLanguage } from '../body/speech-rules.js';
import {
  ClearableDescription,
  ClearableEmail,
  ClearableText,
  OptionalDescription,
  OptionalLabels,
} from '../body/voice-rules.js';
import type { ReceivedFile } from '../body/multipart.js';
import {
  MaxSamplesField,
  MinDurationField,
  ModeField,
  SampleDurationField,
  SelectField,
} from '../splitting/split-fields.js';

const nameDescription =
  'Voice name, unique within the partner: 1–255 characters, neither `.` nor `..`, no control characters, no `/` or `\\`. ' +
  'White space around it is removed.';

class NewVoiceDto {
  @VoiceNameText({ description: nameDescription, example: 'speaker-1' })
  name: string;

  @OptionalText(255, { description: 'Name of the person who created the voice.', example: 'John' })
  creator_name?: string;

  @OptionalEmail({ description: 'Email of the creator.', example: 'john@example.com' })
  creator_email?: string;

  @OptionalLanguage('Language that is spoken; default `en`.')
  language?: string;

  @OptionalLabels('Labels of the voice, for searching the list.')
  labels?: string[];

  @OptionalDescription()
  description?: string;
}

@ApiSchema({ name: 'CreateVoiceForm' })
export class CreateVoiceDto extends NewVoiceDto {
  @FilePart({
    required: false,
    description: 'Audio file to upload. Splitting and embedding start automatically. Omit it to create an empty voice.',
  })
  file?: ReceivedFile;

  @ModeField({ description: 'How the recording is split, as `mode` of a split.' })
  split_mode?: SplitMode;

  @MaxSamplesField({ description: 'As `max_samples` of a split.' })
  split_max_samples?: number;

  @SampleDurationField({ description: 'As `sample_duration` of a split.' })
  split_sample_duration?: number;

  @MinDurationField({ description: 'As `min_duration` of a split.' })
  split_min_duration?: number;

  @SelectField({ description: 'As `select` of a split.' })
  split_select?: SampleSelection;
}

@ApiSchema({ name: 'CreateEmptyVoiceFields' })
export class CreateEmptyVoiceDto extends NewVoiceDto {
  // The other examples of the documentation have created `speaker-1` already.
  @VoiceNameText({ description: nameDescription, example: 'speaker-2' })
  declare name: string;
}

@ApiSchema({ name: 'RenameVoiceFields' })
export class RenameVoiceDto {
  @VoiceNameText({ description: 'New voice name, by the same rules as for a new voice.', example: 'speaker-1-renamed' })
  name: string;
}

@ApiSchema({ name: 'UpdateVoiceFields' })
export class UpdateVoiceDto {
  @OptionalLanguage('Language that is spoken. The next embedding uses it.')
  language?: string;

  @OptionalLabels('Labels of the voice. They replace all earlier ones.')
  labels?: string[];

  @ClearableDescription()
  description?: string | null;

  @ClearableText(255, { description: 'Name of the person who created the voice.', example: 'John' })
  creator_name?: string | null;

  @ClearableEmail({ description: 'Email of the creator.', example: 'john@example.com' })
  creator_email?: string | null;
}

const indexMessage = ({ value }: ValidationArguments): string =>
  value === undefined
    ? 'sample_index is required; pass it empty to clear'
    : 'sample_index must be a whole number from 1, or empty to clear';

@ApiSchema({ name: 'PreferredSampleFields' })
export class PreferredSampleDto {
  @ParseText((text) => (text === '' ? null : parseWholeNumber(text)))
  @ValidateIf((_dto, value: unknown) => value !== null)
  @IsInt({ message: indexMessage })
  @Min(1, { message: indexMessage })
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    nullable: true,
    example: 3,
    description: 'Sample index to set as preferred. Pass empty to clear, or `null` in JSON.',
  })
  sample_index: number | null;
}

export class VoiceDetailsQuery {
  @OptionalFlag()
  audio_urls?: boolean;
}

export class DeleteVoiceQuery {
  @OptionalFlag()
  force?: boolean;
}
