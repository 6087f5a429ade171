import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { VoiceDetails } from '#libs/voices';
import {
  CreatorEmailProperty,
  CreatorNameProperty,
  EmbeddingInfoDto,
  ProgressDto,
  SampleDto,
  VoiceErrorsDto,
  VoiceStatusDto,
  VoiceWarningDto,
} from './voice-answers.js';

@ApiSchema({ name: 'VoiceDetails' })
export class VoiceDetailsDto implements VoiceDetails {
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
    description: 'File name of the recording as it was uploaded.',
    example: 'recording.wav',
  })
  readonly original_uploaded_name: string | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Length of the recording in seconds.', example: 185.4 })
  readonly original_duration: number | null;

  @ApiProperty({
    type: VoiceStatusDto,
    description: 'The two kinds of processing. While either is `in_progress`, every change is answered with 409.',
  })
  readonly status: VoiceStatusDto;

  @ApiProperty({ type: VoiceErrorsDto, description: 'Why processing failed, one sentence for each kind.' })
  readonly errors: VoiceErrorsDto;

  @ApiProperty({
    type: [VoiceWarningDto],
    description:
      'What is wrong with the recording, for example damage. The list is empty when nothing is. ' +
      'A warning never makes processing fail, and it stays when the voice is split again.',
    example: [],
  })
  readonly warnings: VoiceWarningDto[];

  @ApiProperty({
    type: ProgressDto,
    nullable: true,
    description: 'How far the current processing is. null while no status is `in_progress`.',
  })
  readonly progress: VoiceDetails['progress'];

  @ApiProperty({ type: [SampleDto], description: 'Samples of the voice, ordered by index.' })
  readonly samples: SampleDto[];

  @ApiProperty({
    type: EmbeddingInfoDto,
    nullable: true,
    description: 'Results of the last embedding. null before the first one has ended.',
  })
  readonly embedding_info: EmbeddingInfoDto | null;

  @ApiProperty({ type: String, description: 'TTS type that the next embedding uses.', example: 'kyutai' })
  readonly embedding_type: string;

  @ApiProperty({
    type: String,
    format: 'uri',
    nullable: true,
    description:
      'URL of the embedding as a ZIP. It needs no API key and is valid for one hour. null before the first success.',
    example: 'https://...',
  })
  readonly embedding_zip_url: string | null;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    nullable: true,
    description: 'Index of the preferred sample; null if there is none.',
    example: 3,
  })
  readonly preferred_sample_index: number | null;

  @CreatorNameProperty()
  readonly creator_name: string | null;

  @CreatorEmailProperty()
  readonly creator_email: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the voice was created.',
    example: '2025-01-15T10:20:00Z',
  })
  readonly created_at: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the voice last changed.',
    example: '2025-01-15T10:30:00Z',
  })
  readonly updated_at: string;
}
