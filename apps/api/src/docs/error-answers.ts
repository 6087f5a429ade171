import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { FieldError } from '#libs/errors';
import type { ErrorBody } from '../http/error-answer.js';

@ApiSchema({ name: 'Error' })
export class ErrorAnswerDto implements ErrorBody {
  @ApiProperty({ type: String, description: 'What went wrong, one sentence.', example: 'Voice not found' })
  readonly detail: string;
}

@ApiSchema({ name: 'FieldError' })
export class FieldErrorDto implements FieldError {
  @ApiProperty({ type: String, description: 'The wrong field.', example: 'max_samples' })
  readonly field: string;

  @ApiProperty({ type: String, example: 'max_samples must be a whole number from 1 to 100' })
  readonly message: string;
}

@ApiSchema({ name: 'ValidationError' })
export class ValidationErrorDto extends ErrorAnswerDto {
  @ApiProperty({ type: [FieldErrorDto], description: 'Every wrong field.' })
  readonly errors: FieldErrorDto[];
}
