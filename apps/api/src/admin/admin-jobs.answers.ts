import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { jobStages, jobStates } from '#libs/jobs';
import { timeOrNullSchema, timeSchema } from '../http/wire-format.js';
import type { AdminJob } from './admin-jobs.repository.js';

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

  @ApiProperty({
    enum: Object.keys(jobStages),
    enumName: 'JobKind',
    description: 'What the job does.',
    example: 'embed',
  })
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
    enum: [...new Set(Object.values(jobStages).flat())],
    enumName: 'JobStage',
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

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why the job failed or, of a job that has not ended, what its submission waits for; null otherwise.',
    example: null,
  })
  readonly error: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Id of the job at RunPod; null if none was submitted.',
    example: 'abc-123-e1',
  })
  readonly runpod_job_id: string | null;

  @ApiProperty({ ...timeSchema, description: 'When it was created.' })
  readonly created_at: string;

  @ApiProperty({ ...timeSchema, description: 'When it last changed.' })
  readonly updated_at: string;

  @ApiProperty({ ...timeOrNullSchema, description: 'When the job ended; null if it has not.', example: null })
  readonly finished_at: string | null;
}
