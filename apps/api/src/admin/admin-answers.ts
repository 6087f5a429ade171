import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { jobStates } from './job-states.js';
import type { AdminJob } from './admin-jobs.repository.js';

const time = { type: String, format: 'date-time', example: '2025-01-15T10:30:00Z' } as const;
const timeOrNull = { ...time, nullable: true } as const;

@ApiSchema({ name: 'Partner' })
export class PartnerDto {
  @ApiProperty({ type: String, description: 'Name of the partner.', example: 'demo' })
  readonly name: string;

  @ApiProperty({ ...time, description: 'When it was created.' })
  readonly created_at: string;
}

@ApiSchema({ name: 'ApiKey' })
export class ApiKeyDto {
  @ApiProperty({ type: String, description: 'Id of the key. It is not secret.', example: 'abcdefghijklmnop' })
  readonly id: string;

  @ApiProperty({ type: String, description: 'Partner that the key belongs to.', example: 'demo' })
  readonly partner: string;

  @ApiProperty({ type: String, description: 'What the key is for.', example: 'production' })
  readonly name: string;

  @ApiProperty({
    type: String,
    description: 'The first characters of the key, to recognise it by.',
    example: 'tk_abcdefghijklmnop_Xy',
  })
  readonly prefix: string;

  @ApiProperty({ ...time, description: 'When it was created.' })
  readonly created_at: string;

  @ApiProperty({ ...timeOrNull, description: 'When the key expires; null if never.' })
  readonly expires_at: string | null;

  @ApiProperty({ ...timeOrNull, description: 'When the key was revoked; null if it was not.', example: null })
  readonly revoked_at: string | null;

  @ApiProperty({ ...timeOrNull, description: 'When the key was last used, to the minute; null if never.' })
  readonly last_used_at: string | null;
}

@ApiSchema({ name: 'CreatedApiKey' })
export class CreatedApiKeyDto {
  @ApiProperty({ type: String, description: 'Id of the key. It is not secret.', example: 'abcdefghijklmnop' })
  readonly id: string;

  @ApiProperty({ type: String, description: 'Partner that the key belongs to.', example: 'demo' })
  readonly partner: string;

  @ApiProperty({ type: String, description: 'What the key is for.', example: 'production' })
  readonly name: string;

  @ApiProperty({
    type: String,
    description: 'Text of the key, for the `X-Api-Key` header. Store it now: it is never shown again.',
    example: 'tk_…',
  })
  readonly key: string;

  @ApiProperty({ ...time, description: 'When it was created.' })
  readonly created_at: string;

  @ApiProperty({ ...timeOrNull, description: 'When the key expires; null if never.' })
  readonly expires_at: string | null;
}

@ApiSchema({ name: 'Job' })
export class JobDto implements AdminJob {
  @ApiProperty({
    type: String,
    format: 'uuid',
    description: 'Id of the job.',
    example: '3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11',
  })
  readonly id: string;

  @ApiProperty({ type: String, description: 'Partner that owns the voice.', example: 'demo' })
  readonly partner: string;

  @ApiProperty({ type: String, description: 'Name of the voice.', example: 'speaker-1' })
  readonly voice: string;

  @ApiProperty({ enum: ['split', 'embed'], description: 'What the job does.', example: 'embed' })
  readonly kind: AdminJob['kind'];

  @ApiProperty({
    enum: jobStates,
    enumName: 'JobState',
    enumSchema: { description: 'What a job is doing.' },
    description: 'Current state of the job.',
    example: 'waiting',
  })
  readonly state: AdminJob['state'];

  @ApiProperty({
    enum: ['samples', 'original', 'submit', 'collect'],
    description: 'Step that the job has reached.',
    example: 'collect',
  })
  readonly stage: AdminJob['stage'];

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How often a worker has claimed the job.', example: 2 })
  readonly generation: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many failures were retried.', example: 0 })
  readonly attempts: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'How many workers died while they held the job.',
    example: 0,
  })
  readonly deaths: number;

  @ApiProperty({ type: String, nullable: true, description: 'Why the job failed; null if it did not.', example: null })
  readonly error: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Id of the job at RunPod; null if none was submitted.',
    example: 'abc-123-e1',
  })
  readonly runpod_job_id: string | null;

  @ApiProperty({ ...time, description: 'When it was created.' })
  readonly created_at: string;

  @ApiProperty({ ...time, description: 'When it last changed.' })
  readonly updated_at: string;

  @ApiProperty({ ...timeOrNull, description: 'When the job ended; null if it has not.', example: null })
  readonly finished_at: string | null;
}
