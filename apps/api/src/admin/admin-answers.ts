import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { jobStates } from './job-states.js';
import type { AdminJob } from './admin-jobs.repository.js';

const time = { type: String, format: 'date-time', example: '2025-01-15T10:30:00Z' } as const;
const timeOrNull = { ...time, nullable: true } as const;

@ApiSchema({ name: 'Partner' })
export class PartnerDto {
  @ApiProperty({ type: String, example: 'demo' })
  readonly name: string;

  @ApiProperty(time)
  readonly created_at: string;
}

@ApiSchema({ name: 'ApiKey' })
export class ApiKeyDto {
  @ApiProperty({ type: String, example: 'abcdefghijklmnop' })
  readonly id: string;

  @ApiProperty({ type: String, example: 'demo' })
  readonly partner: string;

  @ApiProperty({ type: String, example: 'production' })
  readonly name: string;

  @ApiProperty({ type: String, description: 'The first characters of the key.', example: 'tk_abcdefghijklmnop_Xy' })
  readonly prefix: string;

  @ApiProperty(time)
  readonly created_at: string;

  @ApiProperty(timeOrNull)
  readonly expires_at: string | null;

  @ApiProperty(timeOrNull)
  readonly revoked_at: string | null;

  @ApiProperty({ ...timeOrNull, description: 'To the minute.' })
  readonly last_used_at: string | null;
}

@ApiSchema({ name: 'CreatedApiKey' })
export class CreatedApiKeyDto {
  @ApiProperty({ type: String, example: 'abcdefghijklmnop' })
  readonly id: string;

  @ApiProperty({ type: String, example: 'demo' })
  readonly partner: string;

  @ApiProperty({ type: String, example: 'production' })
  readonly name: string;

  @ApiProperty({ type: String, description: 'The key. This is the only time it is shown.', example: 'tk_…' })
  readonly key: string;

  @ApiProperty(time)
  readonly created_at: string;

  @ApiProperty(timeOrNull)
  readonly expires_at: string | null;
}

@ApiSchema({ name: 'Job' })
export class JobDto implements AdminJob {
  @ApiProperty({ type: String, format: 'uuid', example: '3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11' })
  readonly id: string;

  @ApiProperty({ type: String, example: 'demo' })
  readonly partner: string;

  @ApiProperty({ type: String, example: 'speaker-1' })
  readonly voice: string;

  @ApiProperty({ enum: ['split', 'embed'], example: 'embed' })
  readonly kind: AdminJob['kind'];

  @ApiProperty({ enum: jobStates, enumName: 'JobState', example: 'waiting' })
  readonly state: AdminJob['state'];

  @ApiProperty({ enum: ['samples', 'original', 'submit', 'collect'], example: 'collect' })
  readonly stage: AdminJob['stage'];

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How often it was claimed.', example: 2 })
  readonly generation: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Failures that were retried.', example: 0 })
  readonly attempts: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Workers that died on it.', example: 0 })
  readonly deaths: number;

  @ApiProperty({ type: String, nullable: true, description: 'Why it failed.', example: null })
  readonly error: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'abc-123-e1' })
  readonly runpod_job_id: string | null;

  @ApiProperty(time)
  readonly created_at: string;

  @ApiProperty(time)
  readonly updated_at: string;

  @ApiProperty({ ...timeOrNull, example: null })
  readonly finished_at: string | null;
}
