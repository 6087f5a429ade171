import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { SpeechInfo } from '#libs/embeddings';
import {
  contractSeconds,
  contractTime,
  contractTimeOrNull,
  timeOrNullSchema,
  timeSchema,
} from '../http/wire-format.js';

const statuses = ['in_progress', 'completed', 'failed'] as const satisfies readonly SpeechInfo['status'][];

export const exampleId = '5f3d8a52-8a86-4b58-8c3a-0f2b7d9e1c44';

@ApiSchema({ name: 'Speech' })
export class SpeechDto {
  @ApiProperty({ type: String, format: 'uuid', description: 'Id of the speech.', example: exampleId })
  readonly id: string;

  @ApiProperty({
    enum: statuses,
    enumName: 'SpeechStatus',
    description: 'Whether the text was spoken. If it failed, `error` says why.',
    example: 'in_progress',
  })
  readonly status: SpeechInfo['status'];

  @ApiProperty({ type: String, description: 'Text to speak.', example: 'Good morning, and welcome back.' })
  readonly text: string;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Index of the sample whose embedding speaks.', example: 3 })
  readonly sample_index: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Seed of the speech. Send it again to repeat the speech.',
    example: 7,
  })
  readonly seed: number;

  @ApiProperty({ type: String, description: 'Language of the embedding (BCP 47).', example: 'en' })
  readonly language: string;

  @ApiProperty({ type: String, description: 'TTS type of the embedding.', example: 'kyutai' })
  readonly tts_type: string;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Length in seconds; null until the text was spoken.',
    example: null,
  })
  readonly duration: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why it failed, in one sentence; null if it did not.',
    example: null,
  })
  readonly error: string | null;

  @ApiProperty({ ...timeSchema, description: 'When it was requested.' })
  readonly created_at: string;

  @ApiProperty({ ...timeOrNullSchema, description: 'When it ended; null while it is in progress.', example: null })
  readonly finished_at: string | null;

  @ApiProperty({
    ...timeOrNullSchema,
    description: 'When it is deleted, 24 hours after its end; null while it is in progress.',
    example: null,
  })
  readonly expires_at: string | null;
}

/** A speech that was just requested. */
export const newSpeechExample: SpeechDto = {
  id: exampleId,
  status: 'in_progress',
  text: 'Good morning, and welcome back.',
  sample_index: 3,
  seed: 7,
  language: 'en',
  tts_type: 'kyutai',
  duration: null,
  error: null,
  created_at: '2025-01-15T10:30:00Z',
  finished_at: null,
  expires_at: null,
};

export function speechDto(speech: SpeechInfo): SpeechDto {
  return {
    id: speech.id,
    status: speech.status,
    text: speech.text,
    sample_index: speech.sampleIndex,
    seed: speech.seed,
    language: speech.language,
    tts_type: speech.ttsType,
    duration: speech.durationSeconds === null ? null : contractSeconds(speech.durationSeconds),
    error: speech.error,
    created_at: contractTime(speech.createdAt),
    finished_at: contractTimeOrNull(speech.finishedAt),
    expires_at: contractTimeOrNull(speech.expiresAt),
  };
}
