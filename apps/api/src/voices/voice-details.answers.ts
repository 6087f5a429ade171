import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { otherSpeakers } from '#libs/embeddings';
import type { VoiceDetails } from '#libs/voices';
import { EmbeddingInfoDto, embeddingInfoDto } from '../embeddings/embeddings.answers.js';
import {
  audioUrlSchema,
  contractSeconds,
  contractTime,
  contractTimeOrNull,
  timeOrNullSchema,
} from '../http/wire-format.js';
import { SampleDto, sampleDto } from '../samples/samples.answers.js';
import { ProgressDto, VoiceErrorsDto, VoiceStatusDto, VoiceWarningDto } from './voice-processing.answers.js';
import {
  CreatedAtProperty,
  CreatorEmailProperty,
  CreatorNameProperty,
  labelsDto,
  LabelsProperty,
  LanguageProperty,
  OriginalDurationProperty,
  PreferredSampleProperty,
  UpdatedAtProperty,
  VoiceIdProperty,
} from './voice-properties.js';

@ApiSchema({ name: 'VoiceDetails' })
export class VoiceDetailsDto {
  @VoiceIdProperty()
  readonly id: string;

  @ApiProperty({ type: String, description: 'Name of the voice.', example: 'speaker-1' })
  readonly name: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'File name of the converted recording; null if the voice has none.',
    example: 'recording.opus',
  })
  readonly original_filename: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'File name of the recording as it was uploaded; null if the voice has none.',
    example: 'recording.wav',
  })
  readonly original_uploaded_name: string | null;

  @OriginalDurationProperty()
  readonly original_duration: number | null;

  @ApiProperty({
    ...timeOrNullSchema,
    description:
      'When the recording was removed because it was kept long enough; null if it was not. Samples and embeddings stay, ' +
      'and the voice cannot be split again.',
    example: null,
  })
  readonly original_removed_at: string | null;

  @ApiProperty({
    type: VoiceStatusDto,
    description:
      'Statuses of the two kinds of processing. While either is `in_progress`, every change of the voice fails with 409.',
  })
  readonly status: VoiceStatusDto;

  @ApiProperty({
    type: VoiceErrorsDto,
    description: 'Why processing failed: one sentence for each kind, null if it did not fail.',
  })
  readonly errors: VoiceErrorsDto;

  @ApiProperty({
    type: [VoiceWarningDto],
    description:
      'What is wrong with the recording, for example damage. The list is empty if nothing is wrong. ' +
      'A warning never makes processing fail, and it stays when the voice is split again.',
    example: [],
  })
  readonly warnings: VoiceWarningDto[];

  @ApiProperty({
    type: ProgressDto,
    nullable: true,
    description: 'How far the current processing has come. null while no status is `in_progress`.',
  })
  readonly progress: ProgressDto | null;

  @ApiProperty({
    ...audioUrlSchema,
    nullable: true,
    description:
      'URL of the converted recording; null if the voice has none. Only in voice details with `audio_urls=true`.',
  })
  readonly original_url?: string | null;

  @ApiProperty({ type: [SampleDto], description: 'Samples of the voice, ordered by index.' })
  readonly samples: SampleDto[];

  @ApiProperty({
    type: EmbeddingInfoDto,
    nullable: true,
    description: 'Results of the last embedding. null until the first one has ended.',
  })
  readonly embedding_info: EmbeddingInfoDto | null;

  @LanguageProperty()
  readonly language: string;

  @LabelsProperty()
  readonly labels: Readonly<Record<string, string>>;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What its creator says about the voice; null if not given.',
    example: 'Warm and slow, for stories.',
  })
  readonly description: string | null;

  @ApiProperty({ type: String, description: 'TTS type that the next embedding uses.', example: 'kyutai' })
  readonly embedding_type: string;

  @ApiProperty({
    type: String,
    format: 'uri',
    nullable: true,
    description:
      'URL of the embedding as a ZIP. It needs no API key and is valid for one hour. null until an embedding succeeds.',
    example: 'https://...',
  })
  readonly embedding_zip_url: string | null;

  @PreferredSampleProperty()
  readonly preferred_sample_index: number | null;

  @CreatorNameProperty()
  readonly creator_name: string | null;

  @CreatorEmailProperty()
  readonly creator_email: string | null;

  @CreatedAtProperty()
  readonly created_at: string;

  @UpdatedAtProperty()
  readonly updated_at: string;
}

export function voiceDetailsDto(voice: VoiceDetails): VoiceDetailsDto {
  const others = otherSpeakers(voice.embedding?.scores ?? []);
  return {
    id: voice.id,
    name: voice.name,
    original_filename: voice.originalFilename,
    original_uploaded_name: voice.originalUploadedName,
    original_duration: voice.originalDurationSeconds === null ? null : contractSeconds(voice.originalDurationSeconds),
    original_removed_at: contractTimeOrNull(voice.originalRemovedAt),
    status: { splitting: voice.splittingStatus, embedding: voice.embeddingStatus },
    errors: { splitting: voice.splittingError, embedding: voice.embeddingError },
    warnings: voice.warnings.map(({ code, message }) => ({ code, message })),
    progress: voice.progress && { stage: voice.progress.stage, done: voice.progress.done, of: voice.progress.of },
    samples: voice.samples.map((sample) => sampleDto(sample, { otherSpeaker: others.get(sample.index) })),
    embedding_info: voice.embedding && embeddingInfoDto(voice.embedding),
    language: voice.language,
    labels: labelsDto(voice.labels),
    description: voice.description,
    embedding_type: voice.embeddingType,
    embedding_zip_url: voice.embeddingZipUrl,
    preferred_sample_index: voice.preferredSampleIndex,
    creator_name: voice.creatorName,
    creator_email: voice.creatorEmail,
    created_at: contractTime(voice.createdAt),
    updated_at: contractTime(voice.updatedAt),
  };
}
