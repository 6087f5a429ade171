import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { VoiceDetails } from '#libs/voices';
import {
  EmbeddingInfoDto,
  ProgressDto,
  SampleDto,
  VoiceErrorsDto,
  VoiceStatusDto,
  VoiceWarningDto,
} from './voice-answers.js';

@ApiSchema({ name: 'VoiceDetails' })
export class VoiceDetailsDto implements VoiceDetails {
  @ApiProperty({ type: String, example: 'speaker-1' })
  readonly name: string;

  @ApiProperty({ type: String, nullable: true, example: 'recording.opus' })
  readonly original_filename: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'recording.wav' })
  readonly original_uploaded_name: string | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Seconds.', example: 185.4 })
  readonly original_duration: number | null;

  @ApiProperty({ type: VoiceStatusDto })
  readonly status: VoiceStatusDto;

  @ApiProperty({ type: VoiceErrorsDto, description: 'Why processing failed, one sentence each, or null.' })
  readonly errors: VoiceErrorsDto;

  @ApiProperty({
    type: [VoiceWarningDto],
    description:
      'What is wrong with the recording, for example damage. The list is empty when nothing is. ' +
      'A warning never makes processing fail, and it stays when the voice is split again.',
    example: [],
  })
  readonly warnings: VoiceWarningDto[];

  @ApiProperty({ type: ProgressDto, nullable: true, description: 'How far the work under way is; null when idle.' })
  readonly progress: VoiceDetails['progress'];

  @ApiProperty({ type: [SampleDto] })
  readonly samples: SampleDto[];

  @ApiProperty({ type: EmbeddingInfoDto, nullable: true, description: 'null before the first embedding has ended.' })
  readonly embedding_info: EmbeddingInfoDto | null;

  @ApiProperty({ type: String, example: 'kyutai' })
  readonly embedding_type: string;

  @ApiProperty({
    type: String,
    format: 'uri',
    nullable: true,
    description: 'Download of the embedding; needs no key and lives one hour. null before the first success.',
    example: 'https://...',
  })
  readonly embedding_zip_url: string | null;

  @ApiProperty({ type: 'integer', minimum: 1, nullable: true, example: 3 })
  readonly preferred_sample_index: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'John' })
  readonly creator_name: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'john@example.com' })
  readonly creator_email: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2025-01-15T10:20:00Z' })
  readonly created_at: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2025-01-15T10:30:00Z' })
  readonly updated_at: string;
}
