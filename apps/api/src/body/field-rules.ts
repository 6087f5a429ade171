import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import {
  IsEmail,
  IsInt,
  IsOptional,
  IsString,
  Max,
  Min,
  MinLength,
  ValidateBy,
  type ValidationArguments,
} from 'class-validator';
import type { FieldValue } from './fields.js';
import { parseWholeNumber } from './whole-number.js';

/** A field nobody filled in: forms send it empty, JSON may say null. */
const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

const orUndefined = ({ value }: TransformFnParams): unknown => (isAbsent(value) ? undefined : value);

interface WholeNumberRule {
  readonly min: number;
  readonly max: number;
  readonly default: number;
  readonly description: string;
}

/** An optional whole number; absent or empty means the default. */
export function WholeNumber(rule: WholeNumberRule): PropertyDecorator {
  const { min, max, description } = rule;
  const message = (about: ValidationArguments): string =>
    `${about.property} must be a whole number from ${min} to ${max}`;
  return applyDecorators(
    Transform(({ value }: TransformFnParams) =>
      isAbsent(value) ? undefined : (parseWholeNumber(value as FieldValue) ?? (value as unknown)),
    ),
    IsOptional(),
    IsInt({ message }),
    Min(min, { message }),
    Max(max, { message }),
    ApiProperty({ type: 'integer', minimum: min, maximum: max, default: rule.default, description, required: false }),
  );
}

interface TextRule {
  /** Most Unicode code points. */
  readonly maxLength: number;
  readonly description: string;
  readonly example: string;
}

const unprintable = /[\p{Cc}\p{Cs}]/u;

/** What is wrong with a field that must be there: missing, or of the wrong kind. */
const requiredOr =
  (otherwise: string) =>
  ({ property, value }: ValidationArguments): string =>
    isAbsent(value) ? `${property} is required` : `${property} ${otherwise}`;

/** Printable text of a length in code points. */
function Line(minLength: 0 | 1, maxLength: number): PropertyDecorator {
  const bounds = minLength === 0 ? `at most ${maxLength}` : `1 to ${maxLength}`;
  const rule = `must be text of ${bounds} characters without control characters`;
  return ValidateBy({
    name: 'line',
    validator: {
      validate: (value: unknown) => {
        if (typeof value !== 'string' || unprintable.test(value)) return false;
        const length = [...value].length;
        return length >= minLength && length <= maxLength;
      },
      defaultMessage: (about) => (about ? requiredOr(rule)(about) : rule),
    },
  });
}

/** An optional line of text; absent or empty means none. */
export function OptionalText({ maxLength, ...docs }: TextRule): PropertyDecorator {
  return applyDecorators(
    Transform(orUndefined),
    IsOptional(),
    Line(0, maxLength),
    ApiProperty({ type: 'string', maxLength, ...docs, required: false }),
  );
}

/** A line of text that must be there. */
export function RequiredText({ maxLength, ...docs }: TextRule): PropertyDecorator {
  return applyDecorators(Line(1, maxLength), ApiProperty({ type: 'string', minLength: 1, maxLength, ...docs }));
}

/** An optional email address; absent or empty means none. */
export function OptionalEmail(docs: Omit<TextRule, 'maxLength'>): PropertyDecorator {
  return applyDecorators(
    Transform(orUndefined),
    IsOptional(),
    IsEmail({}, { message: ({ property }) => `${property} must be an email address, like ${docs.example}` }),
    ApiProperty({ type: 'string', format: 'email', ...docs, required: false }),
  );
}

/** A voice's name; `parseVoiceName` has the last word. */
export function NameText(description: string, example: string): PropertyDecorator {
  const rule = 'must be text of 1 to 255 characters';
  return applyDecorators(
    IsString({ message: requiredOr(rule) }),
    MinLength(1, { message: requiredOr(rule) }),
    ApiProperty({ type: 'string', minLength: 1, maxLength: 255, description, example }),
  );
}
