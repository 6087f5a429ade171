import { ApiProperty } from '@nestjs/swagger';
import { Allow } from 'class-validator';
import { AppError } from '#libs/errors';
import type { Fields } from '../body/fields.js';
import { parseWholeNumber } from '../body/whole-number.js';

export class PreferredSampleFields {
  @Allow()
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    nullable: true,
    example: 3,
    description: 'Sample index to set as preferred. Pass empty to clear (in JSON also `null`).',
  })
  sample_index: number | null;
}

/**
 * The choice of a preferred sample; null clears it.
 *
 * @throws AppError `invalid_parameter` when the field is missing or no whole number
 */
export function readPreferredSample(fields: Fields): number | null {
  const value = fields['sample_index'];
  if (value === undefined) throw AppError.field('sample_index', 'sample_index is required; pass it empty to clear');
  if (value === null || value === '') return null;
  const index = parseWholeNumber(value);
  if (index === null || index < 1) {
    throw AppError.field('sample_index', 'sample_index must be a whole number from 1, or empty to clear');
  }
  return index;
}
