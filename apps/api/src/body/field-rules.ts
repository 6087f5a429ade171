import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import {
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Max,
  Min,
  MinLength,
  ValidateBy,
  ValidateIf,
  type ValidationArguments,
} from 'class-validator';
import { isTyped } from './fields.js';
import { ReceivedFile } from './multipart.js';
import { linePattern, typedVoiceNamePattern } from './text-patterns.js';

/** The field may be missing. An empty one is not missing, and neither is a null in JSON. */
export const IfGiven = (): PropertyDecorator => ValidateIf((_fields: object, value: unknown) => value !== undefined);

/**
 * Parses the text of a form or query. Text in JSON stays what it is, because JSON has types of its own.
 *
 * @param parse returns text unchanged that it cannot parse, for the validator to reject
 */
export const ParseText = (parse: (text: string) => unknown): PropertyDecorator =>
  Transform(({ value, obj }: TransformFnParams): unknown =>
    typeof value === 'string' && !isTyped(obj as object) ? parse(value) : value,
  );

/** Parses a whole number: `15`, `-3`. Leaves `1e3`, `0x10`, `15.0`, ` 15 ` and numbers beyond 2^53 as they are. */
export function parseWholeNumber(text: string): number | string {
  const number = /^-?\d{1,16}$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(number) ? number : text;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** A whole number within bounds. The field may be missing, but not empty. */
export function WholeNumber({ min, max }: Bounds): PropertyDecorator {
  const message = ({ property }: ValidationArguments): string =>
    `${property} must be a whole number from ${min} to ${max}`;
  return applyDecorators(IfGiven(), NumberRules({ min, max }, message));
}

/** A whole number within bounds that JSON can set to null. The field may be missing, but not empty. */
export function NullableWholeNumber({ min, max }: Bounds, description: string): PropertyDecorator {
  const message = ({ property }: ValidationArguments): string =>
    `${property} must be a whole number from ${min} to ${max}, or null`;
  return applyDecorators(
    IsOptional(),
    NumberRules({ min, max }, message),
    ApiProperty({ type: 'integer', minimum: min, maximum: max, nullable: true, description, required: false }),
  );
}

function NumberRules({ min, max }: Bounds, message: (about: ValidationArguments) => string): PropertyDecorator {
  return applyDecorators(ParseText(parseWholeNumber), IsInt({ message }), Min(min, { message }), Max(max, { message }));
}

interface NumberDocs {
  readonly default?: number;
  readonly description: string;
}

/** An optional whole number. It may be missing, but not empty. Without `docs` it is left out of openapi.json. */
export function OptionalWholeNumber(bounds: Bounds, docs?: NumberDocs): PropertyDecorator {
  const { min: minimum, max: maximum } = bounds;
  return applyDecorators(
    WholeNumber(bounds),
    ...(docs ? [ApiProperty({ type: 'integer', minimum, maximum, ...docs, required: false })] : []),
  );
}

/**
 * Parses seconds as forms and queries write them: `12`, `12.5`, and with all decimals that a program writes, like `1e-7`.
 * Leaves `-1`, `1e3`, `.5` and ` 12 ` as they are.
 */
export const parseSeconds = (text: string): number | string =>
  /^\d{1,9}(\.\d{1,20})?(e-\d{1,3})?$/.test(text) ? Number(text) : text;

/** More than any recording has. */
export const mostSeconds = 999_999_999;

/** An optional time in seconds, also with decimals. The field may be missing, but not empty. */
export function OptionalSeconds(): PropertyDecorator {
  const message = ({ property }: ValidationArguments): string =>
    `${property} must be a number of seconds from 0, like 12.5`;
  return applyDecorators(
    ParseText(parseSeconds),
    IfGiven(),
    IsNumber({}, { message }),
    Min(0, { message }),
    Max(mostSeconds, { message }),
  );
}

interface FlagDocs {
  readonly description: string;
}

/** An optional `true` or `false`. It may be missing, but not empty. Without `docs` it is left out of openapi.json. */
export function OptionalFlag(docs?: FlagDocs): PropertyDecorator {
  const known = new Map<string, boolean>([
    ['true', true],
    ['false', false],
  ]);
  return applyDecorators(
    ParseText((text) => known.get(text) ?? text),
    IfGiven(),
    IsBoolean({ message: ({ property }) => `${property} must be true or false` }),
    ...(docs ? [ApiProperty({ type: 'boolean', ...docs, required: false })] : []),
  );
}

/** Returns the list in a form's field: the array that it holds as JSON, as some generated clients send it, or its text. */
export function listInField(text: string): unknown {
  if (!/^\s*\[\s*"/.test(text)) return [text];
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return [text];
  }
}

interface ChoiceDocs {
  /** Its name in openapi.json, which generated clients use. */
  readonly name: string;
  /** What all its fields are about. */
  readonly about: string;
  readonly default?: string;
  readonly description: string;
}

/** One of a few words, optional. It may be missing, but not empty. Without `docs` it is left out of openapi.json. */
export function OptionalChoice(words: readonly string[], docs?: ChoiceDocs): PropertyDecorator {
  return applyDecorators(
    IfGiven(),
    IsIn(words, { message: ({ property }) => `${property} must be ${words.join(' or ')}` }),
    ...(docs ? [ApiProperty(choiceProperty(words, docs))] : []),
  );
}

function choiceProperty(words: readonly string[], { name, about, ...docs }: ChoiceDocs): ApiPropertyOptions {
  return { enum: [...words], enumName: name, enumSchema: { description: about }, ...docs, required: false };
}

interface TextDocs {
  readonly description: string;
  readonly example: string;
  /** By default that of a printable line. */
  readonly pattern?: string;
}

const unprintable = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/u;

/** Says what is wrong with a required field: it is missing, or of the wrong kind. */
const requiredOr =
  (otherwise: string) =>
  ({ property, value }: ValidationArguments): string =>
    value === undefined || value === null || value === '' ? `${property} is required` : `${property} ${otherwise}`;

const optionalOr =
  (otherwise: string) =>
  ({ property }: ValidationArguments): string =>
    `${property} ${otherwise}`;

/** Whether a value is printable text of this length in Unicode code points. */
export function isLine(value: unknown, minLength: number, maxLength: number): value is string {
  if (typeof value !== 'string' || unprintable.test(value)) return false;
  const length = [...value].length;
  return length >= minLength && length <= maxLength;
}

/** Printable text. Its length counts Unicode code points. @param says makes the message of the rule */
export function Line(
  maxLength: number,
  says: (rule: string) => (about: ValidationArguments) => string,
): PropertyDecorator {
  const message = says(`must be text of 1 to ${maxLength} characters without control characters`);
  const isText = { name: 'line', validator: { validate: (value: unknown) => isLine(value, 1, maxLength) } };
  return ValidateBy(isText, { message });
}

/** An optional line of text. It may be missing, but not empty. Without `docs` it is left out of openapi.json. */
export function OptionalText(maxLength: number, docs?: TextDocs): PropertyDecorator {
  return applyDecorators(
    IfGiven(),
    Line(maxLength, optionalOr),
    ...(docs
      ? [ApiProperty({ type: 'string', minLength: 1, maxLength, pattern: linePattern, ...docs, required: false })]
      : []),
  );
}

/** A required line of text. */
export function RequiredText(maxLength: number, docs: TextDocs): PropertyDecorator {
  return applyDecorators(
    Line(maxLength, requiredOr),
    ApiProperty({ type: 'string', minLength: 1, maxLength, pattern: linePattern, ...docs }),
  );
}

/** An optional email address. It may be missing, but not empty. */
export function OptionalEmail(docs: TextDocs): PropertyDecorator {
  return applyDecorators(
    IfGiven(),
    IsEmail({}, { message: ({ property }) => `${property} must be an email address, like ${docs.example}` }),
    ApiProperty({ type: 'string', format: 'email', ...docs, required: false }),
  );
}

/** The name of a voice, in outline. `parseVoiceName` of libs/voices holds the full rule. */
export function VoiceNameText(docs: TextDocs & { readonly required?: boolean }): PropertyDecorator {
  const message = requiredOr('must be text of 1 to 255 characters');
  return applyDecorators(
    IsString({ message }),
    MinLength(1, { message }),
    ApiProperty({ type: 'string', minLength: 1, maxLength: 255, pattern: typedVoiceNamePattern, ...docs }),
  );
}

interface FileDocs {
  readonly required: boolean;
  readonly description: string;
}

/** The file of a multipart form. Text in its place is rejected. */
export function FilePart({ required, description }: FileDocs): PropertyDecorator {
  const message = required
    ? 'file is required, as a part of a multipart/form-data body'
    : 'file must be a file part of a multipart/form-data body';
  const isFile = { name: 'isFile', validator: { validate: (value: unknown) => value instanceof ReceivedFile } };
  return applyDecorators(
    ...(required ? [] : [IfGiven()]),
    ValidateBy(isFile, { message }),
    ApiProperty({ type: 'string', format: 'binary', required, description }),
  );
}
