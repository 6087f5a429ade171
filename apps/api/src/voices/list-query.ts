import { Transform, type TransformFnParams } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import type { FieldValue } from '../body/fields.js';
import { parseWholeNumber } from '../body/whole-number.js';

const message = 'limit must be a whole number from 1 to 1000';

/** How much of a list is wanted; without `limit` all of it. */
export class ListQuery {
  @Transform(({ value }: TransformFnParams) => parseWholeNumber(value as FieldValue) ?? (value as unknown))
  @IsOptional()
  @IsInt({ message })
  @Min(1, { message })
  @Max(1000, { message })
  limit?: number;

  @IsOptional()
  @IsString({ message: 'cursor must be one that a list has returned' })
  cursor?: string;
}
