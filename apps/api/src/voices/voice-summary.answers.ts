import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { ProcessingStatus } from '#libs/database';
import type { VoiceSummary } from '#libs/voices';
import { contractSeconds, contractTime } from '../http/wire-format.js';
import {
  CreatedAtProperty,
  CreatorEmailProperty,
  CreatorNameProperty,
  labelsDto,
  LabelsProperty,
  LanguageProperty,
  OriginalDurationProperty,
  PreferredSampleProperty,
  StatusProperty,
  UpdatedAtProperty,
  VoiceIdProperty,
} from './voice-properties.js';

@ApiSchema({ name: 'VoiceSummary' })
export class VoiceSummaryDto {
  @VoiceIdProperty()
  readonly id: string;

  @ApiProperty({ type: String, description: 'Name of the voice.', example: 'speaker-1' })
  readonly name: string;

  @ApiProperty({ type: Boolean, description: 'Whether the voice was created from a recording.', example: true })
  readonly has_original: boolean;

  @OriginalDurationProperty()
  readonly original_duration: number | null;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Number of samples.', example: 12 })
  readonly sample_count: number;

  @StatusProperty('Status of audio splitting into samples.')
  readonly splitting_status: ProcessingStatus;

  @StatusProperty('Status of voice embedding generation.')
  readonly embedding_status: ProcessingStatus;

  @PreferredSampleProperty()
  readonly preferred_sample_index: number | null;

  @LanguageProperty()
  readonly language: string;

  @LabelsProperty()
  readonly labels: Readonly<Record<string, string>>;

  @CreatorNameProperty()
  readonly creator_name: string | null;

  @CreatorEmailProperty()
  readonly creator_email: string | null;

  @CreatedAtProperty()
  readonly created_at: string;

  @UpdatedAtProperty()
  readonly updated_at: string;
}

export function voiceSummaryDto(voice: VoiceSummary): VoiceSummaryDto {
  return {
    id: voice.id,
    name: voice.name,
    has_original: voice.hasOriginal,
    original_duration: voice.originalDurationSeconds === null ? null : contractSeconds(voice.originalDurationSeconds),
    sample_count: voice.sampleCount,
    splitting_status: voice.splittingStatus,
    embedding_status: voice.embeddingStatus,
    preferred_sample_index: voice.preferredSampleIndex,
    language: voice.language,
    labels: labelsDto(voice.labels),
    creator_name: voice.creatorName,
    creator_email: voice.creatorEmail,
    created_at: contractTime(voice.createdAt),
    updated_at: contractTime(voice.updatedAt),
  };
}
