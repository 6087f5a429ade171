import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsOptional, Matches } from 'class-validator';
import type { KeyScope } from '#libs/database';
import { AppError } from '#libs/errors';
import { keyScopes } from '#libs/partners';
import { IfGiven, listInField, NullableWholeNumber, ParseText, RequiredText } from '../body/field-rules.js';
import { scopesSchema } from './partners.answers.js';

const message = 'expires_at must be a time to come, like 2030-01-31T00:00:00Z';

const scopesMessage = `scopes must be a list of ${keyScopes.join(' and ')}, each at most once`;

@ApiSchema({ name: 'CreateKeyFields' })
export class CreateKeyDto {
  @RequiredText(255, { description: 'Says what the key is for.', example: 'production' })
  name: string;

  @ParseText(listInField)
  @IfGiven()
  @IsArray({ message: scopesMessage })
  @ArrayNotEmpty({ message: scopesMessage })
  @ArrayUnique({ message: scopesMessage })
  @IsIn(keyScopes, { each: true, message: scopesMessage })
  @ApiProperty({
    ...scopesSchema,
    minItems: 1,
    uniqueItems: true,
    required: false,
    description:
      'What the key allows: `read` for GET and HEAD, `write` for all other methods. If omitted, both. A form repeats the ' +
      'field for each scope.',
  })
  scopes?: KeyScope[];

  @Transform(({ value }: TransformFnParams) => (value === null ? undefined : (value as unknown)))
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

/** The largest integer of Postgres. */
const maxInteger = 2_147_483_647;

@ApiSchema({ name: 'ChangePartnerFields' })
export class ChangePartnerDto {
  @NullableWholeNumber({ min: 0, max: maxInteger }, 'Maximum number of voices.')
  max_voices?: number | null;

  @NullableWholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }, 'Maximum size of all stored files in bytes.')
  max_bytes?: number | null;

  @NullableWholeNumber(
    { min: 0, max: maxInteger },
    'Maximum time on the GPU side in a calendar month (UTC), in seconds. While a job runs, it counts with the average of earlier ones.',
  )
  max_gpu_seconds_per_month?: number | null;

  @NullableWholeNumber(
    { min: 0, max: 36_500 },
    'Days after the embedding of a voice until its original is removed. `null`: as KEEP_ORIGINALS_DAYS says.',
  )
  keep_originals_days?: number | null;
}

/**
 * Returns when a new key expires, or null for never.
 *
 * @throws AppError `invalid_parameter` if there is no such time, or if it has passed
 */
export function readExpiry(key: CreateKeyDto, nowMs: number): Date | null {
  if (key.expires_at === undefined) return null;
  const time = new Date(key.expires_at);
  if (!(time.getTime() > nowMs)) throw AppError.field('expires_at', message);
  return time;
}
