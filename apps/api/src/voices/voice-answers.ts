import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import {
  voiceWarningCodes,
  type EmbeddingInfo,
  type SampleDetails,
  type VoiceDetails,
  type VoiceSummary,
  type VoiceWarning,
} from '#libs/voices';

/** What a status may be; the same four for splitting and embedding. */
export const processingStatuses = ['idle', 'in_progress', 'completed', 'failed'] as const;
type Status = (typeof processingStatuses)[number];

const StatusProperty = (description: string): PropertyDecorator =>
  ApiProperty({ enum: processingStatuses, enumName: 'ProcessingStatus', description, example: 'completed' });

@ApiSchema({ name: 'VoiceSummary' })
export class VoiceSummaryDto implements VoiceSummary {
  @ApiProperty({ type: String, example: 'speaker-1' })
  readonly name: string;

  @ApiProperty({ type: Boolean, description: 'Was it made from a recording?', example: true })
  readonly has_original: boolean;

  @ApiProperty({ type: 'integer', minimum: 0, example: 12 })
  readonly sample_count: number;

  @StatusProperty('Audio splitting into samples.')
  readonly splitting_status: Status;

  @StatusProperty('Voice embedding generation.')
  readonly embedding_status: Status;

  @ApiProperty({ type: String, nullable: true, example: 'John' })
  readonly creator_name: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'john@example.com' })
  readonly creator_email: string | null;
}

@ApiSchema({ name: 'Sample' })
export class SampleDto implements SampleDetails {
  @ApiProperty({ type: 'integer', minimum: 1, example: 1 })
  readonly index: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Where in the recording it starts: `MM:SS`, from one hour on `HH:MM:SS`; null for uploaded samples.',
    example: '00:15',
  })
  readonly source_timestamp: string | null;

  @ApiProperty({ type: Number, description: 'Seconds.', example: 15 })
  readonly duration: number;
}

@ApiSchema({ name: 'VoiceStatus' })
export class VoiceStatusDto {
  @StatusProperty('Audio splitting into samples.')
  readonly splitting: Status;

  @StatusProperty('Voice embedding generation.')
  readonly embedding: Status;
}

@ApiSchema({ name: 'VoiceErrors' })
export class VoiceErrorsDto {
  @ApiProperty({ type: String, nullable: true, description: 'Why splitting failed.', example: null })
  readonly splitting: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Why the embedding failed.', example: null })
  readonly embedding: string | null;
}

@ApiSchema({ name: 'VoiceWarning' })
export class VoiceWarningDto implements VoiceWarning {
  @ApiProperty({
    type: String,
    description: `The kind of warning. More kinds may be added. ${Object.entries(voiceWarningCodes)
      .map(([code, meaning]) => `\`${code}\`: ${meaning}.`)
      .join(' ')}`,
    example: 'cut_off_recording',
  })
  readonly code: VoiceWarning['code'];

  @ApiProperty({
    type: String,
    description: 'One sentence for people: how much of the recording is concerned, and where.',
    example: 'The recording states 75 s, but ends after 33.6 s',
  })
  readonly message: string;
}

@ApiSchema({ name: 'Progress' })
export class ProgressDto {
  @ApiProperty({ enum: ['converting', 'cutting', 'queued', 'embedding', 'testing', 'scoring'], example: 'embedding' })
  readonly stage: NonNullable<VoiceDetails['progress']>['stage'];

  @ApiProperty({ type: Number, example: 3 })
  readonly done: number;

  @ApiProperty({ type: Number, example: 12 })
  readonly of: number;
}

@ApiSchema({ name: 'TestSampleName' })
export class TestSampleNameDto {
  @ApiProperty({ type: 'integer', minimum: 1, example: 1 })
  readonly sample_index: number;

  @ApiProperty({ type: 'integer', minimum: 1, example: 1 })
  readonly sentence_index: number;

  @ApiProperty({ type: String, example: 'test_1_1.opus' })
  readonly filename: string;
}

@ApiSchema({ name: 'SampleScore' })
export class SampleScoreDto {
  @ApiProperty({ type: 'integer', minimum: 1, example: 3 })
  readonly sample_index: number;

  @ApiProperty({ type: Number, minimum: -1, maximum: 1, description: 'Higher is better.', example: 0.92 })
  readonly score: number;
}

@ApiSchema({ name: 'EmbeddingInfo' })
export class EmbeddingInfoDto implements EmbeddingInfo {
  @ApiProperty({ type: String, example: 'kyutai' })
  readonly tts_type: string;

  @ApiProperty({ enum: ['success', 'failed'], example: 'success' })
  readonly last_update_status: 'success' | 'failed';

  @ApiProperty({ type: String, format: 'date-time', example: '2025-01-15T10:30:00Z' })
  readonly last_update_time: string;

  @ApiProperty({ type: [TestSampleNameDto] })
  readonly test_samples: TestSampleNameDto[];

  @ApiProperty({ type: [SampleScoreDto], description: 'Best first.' })
  readonly sample_scores: SampleScoreDto[];

  @ApiProperty({ type: Boolean, description: 'Have the samples changed since?', example: false })
  readonly stale: boolean;
}
