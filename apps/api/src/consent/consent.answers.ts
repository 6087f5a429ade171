import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { ConsentInfo } from '#libs/consent';
import {
  contractSeconds,
  contractTime,
  contractTimeOrNull,
  timeOrNullSchema,
  timeSchema,
} from '../http/wire-format.js';
import { consentMethods } from './consent.dto.js';

export const consentId = '0b8e4f5e-3c39-4d11-9a3e-6f4f3d1c2b1a';

@ApiSchema({ name: 'ConsentFile' })
class ConsentFileDto {
  @ApiProperty({ type: String, description: 'Name of the file, as the client sent it.', example: 'consent.wav' })
  readonly name: string;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Size in bytes.', example: 576044 })
  readonly bytes: number;

  @ApiProperty({
    type: String,
    description: 'SHA-256 in hexadecimal.',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  readonly sha256: string;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Length of a recording in seconds; null for a document.',
    example: 6,
  })
  readonly duration: number | null;
}

@ApiSchema({ name: 'ConsentSimilarity' })
class ConsentSimilarityDto {
  @ApiProperty({
    type: Number,
    minimum: -1,
    maximum: 1,
    description: 'How much the recording sounds like the samples, from -1 to 1. Higher is more alike.',
    example: 0.91,
  })
  readonly score: number;

  @ApiProperty({
    type: String,
    description: 'What has measured it. Scores of two scorers cannot be compared.',
    example: 'wavlm-base-plus-sv@1',
  })
  readonly scorer: string;

  @ApiProperty({ ...timeSchema, description: 'When the embedding that measured it was completed.' })
  readonly measured_at: string;
}

@ApiSchema({ name: 'Consent' })
export class ConsentAnswerDto {
  @ApiProperty({ type: String, format: 'uuid', description: 'Id of the consent.', example: consentId })
  readonly id: string;

  @ApiProperty({
    type: String,
    description: 'What the person has agreed to.',
    example: 'I am the owner of this voice and I consent to the creation of a synthetic voice model of it.',
  })
  readonly statement: string;

  @ApiProperty({ type: String, description: 'Language of the statement (BCP 47).', example: 'en' })
  readonly language: string;

  @ApiProperty({ type: String, description: 'Who has consented.', example: 'Jane Doe' })
  readonly granted_by: string;

  @ApiProperty({
    enum: consentMethods,
    enumName: 'ConsentMethod',
    enumSchema: { description: 'How a person has consented.' },
    description: 'How the person has consented.',
    example: 'recorded',
  })
  readonly method: ConsentInfo['method'];

  @ApiProperty({
    type: String,
    nullable: true,
    description: "Version of the client's own text; null if none was given.",
    example: '2025-01',
  })
  readonly text_version: string | null;

  @ApiProperty({ type: ConsentFileDto, nullable: true, description: 'The proof; null if none was sent.' })
  readonly file: ConsentFileDto | null;

  @ApiProperty({
    type: ConsentSimilarityDto,
    nullable: true,
    description:
      'How much a recorded consent sounds like the samples of the voice. null until an embedding has measured it, and if ' +
      'the GPU side cannot.',
  })
  readonly similarity: ConsentSimilarityDto | null;

  @ApiProperty({ ...timeSchema, description: 'When it was recorded here.' })
  readonly created_at: string;

  @ApiProperty({ ...timeOrNullSchema, description: 'When it was revoked; null while it is valid.', example: null })
  readonly revoked_at: string | null;
}

/** A recorded consent that was just added. */
export const newConsentExample: ConsentAnswerDto = {
  id: consentId,
  statement: 'I am the owner of this voice and I consent to the creation of a synthetic voice model of it.',
  language: 'en',
  granted_by: 'Jane Doe',
  method: 'recorded',
  text_version: '2025-01',
  file: {
    name: 'consent.wav',
    bytes: 576_044,
    sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    duration: 6,
  },
  similarity: null,
  created_at: '2025-01-15T10:30:00Z',
  revoked_at: null,
};

export function consentDto(consent: ConsentInfo): ConsentAnswerDto {
  const { file, recording, similarity } = consent;
  const duration = recording && contractSeconds(recording.durationSeconds);
  return {
    id: consent.id,
    statement: consent.statement,
    language: consent.language,
    granted_by: consent.grantedBy,
    method: consent.method,
    text_version: consent.textVersion,
    file: file && { name: file.name, bytes: file.bytes, sha256: file.sha256, duration },
    similarity: similarity && {
      score: similarity.score,
      scorer: similarity.scorer,
      measured_at: contractTime(new Date(similarity.measuredAt)),
    },
    created_at: contractTime(consent.createdAt),
    revoked_at: contractTimeOrNull(consent.revokedAt),
  };
}
