import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { FieldError } from '#libs/errors';
import type { ErrorBody } from '../errors/error-answer.js';

const DetailProperty = (example: string): PropertyDecorator =>
  ApiProperty({ type: String, description: 'Says in one sentence what went wrong.', example });

/** Not named `Error`, because a generated class would hide the one of the language. */
@ApiSchema({ name: 'ApiError' })
export class ErrorAnswerDto implements ErrorBody {
  @DetailProperty('Voice not found')
  readonly detail: string;
}

const exampleMessage = 'max_samples must be a whole number from 1 to 100';

@ApiSchema({ name: 'FieldError' })
export class FieldErrorDto implements FieldError {
  @ApiProperty({
    type: String,
    description: 'Name of the field or parameter that was rejected.',
    example: 'max_samples',
  })
  readonly field: string;

  @ApiProperty({ type: String, description: 'Says what the field must be.', example: exampleMessage })
  readonly message: string;
}

@ApiSchema({ name: 'ValidationError' })
export class ValidationErrorDto extends ErrorAnswerDto {
  @DetailProperty(exampleMessage)
  declare readonly detail: string;

  @ApiProperty({
    type: [FieldErrorDto],
    description: 'Lists every field that was rejected; `detail` is about the first.',
  })
  readonly errors: FieldErrorDto[];
}
