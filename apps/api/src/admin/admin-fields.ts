import { ApiProperty } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { AppError } from '#libs/errors';
import { RequiredText } from '../body/field-rules.js';
import { jobStates, type ListedState } from './job-states.js';

const message = 'expires_at must be a time to come, like 2030-01-31T00:00:00Z';

export class CreateKeyFields {
  @RequiredText({ maxLength: 255, description: 'Says what the key is for.', example: 'production' })
  name: string;

  @Transform(({ value }: TransformFnParams) => (value === null || value === '' ? undefined : (value as unknown)))
  @IsOptional()
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/, { message })
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    required: false,
    description: 'When the key expires. Omit it for a key that never expires.',
    example: '2030-01-31T00:00:00Z',
  })
  expires_at?: string;
}

/**
 * When a new key expires; null for never.
 *
 * @throws AppError `invalid_parameter` for no such time, or one that has passed
 */
export function readExpiry(fields: CreateKeyFields, now: Date): Date | null {
  if (fields.expires_at === undefined) return null;
  const time = new Date(fields.expires_at);
  if (!(time.getTime() > now.getTime())) throw AppError.field('expires_at', message);
  return time;
}

export class ListJobsQuery {
  @IsOptional()
  @IsIn(jobStates, { message: `state must be one of ${jobStates.join(', ')}` })
  state?: ListedState;
}
