import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsEmail, IsOptional, ValidateBy, type ValidationArguments } from 'class-validator';
import { isLabel, maxLabels, storedLabels } from '#libs/voices';
import { IfGiven, isLine, Line, ParseText } from './field-rules.js';
import { linePattern, textPattern } from './text-patterns.js';
import { isTyped, nested, parseJsonObject } from './fields.js';

/** The rule of a field that null clears. */
const orNull =
  (rule: string) =>
  ({ property }: ValidationArguments): string =>
    `${property} ${rule}, or null to clear it`;

interface TextDocs {
  readonly description: string;
  readonly example: string;
}

/** A line of text that null clears. */
export function ClearableText(maxLength: number, docs: TextDocs): PropertyDecorator {
  return applyDecorators(
    IsOptional(),
    Line(maxLength, orNull),
    ApiProperty({ type: 'string', minLength: 1, maxLength, nullable: true, ...docs, required: false }),
  );
}

/** An email address that null clears. */
export function ClearableEmail(docs: TextDocs): PropertyDecorator {
  return applyDecorators(
    IsOptional(),
    IsEmail({}, { message: orNull(`must be an email address, like ${docs.example}`) }),
    ApiProperty({ type: 'string', format: 'email', nullable: true, ...docs, required: false }),
  );
}

const longestDescription = 1000;

/** Whether a value is printable text of up to 1,000 characters, in any number of lines. */
const isDescription = (value: unknown): boolean =>
  typeof value === 'string' && isLine(value.replaceAll(/[\r\n\t]/g, ' '), 1, longestDescription);

const descriptionRule = `description must be text of 1 to ${longestDescription} characters without control characters other than line breaks`;

/** Forms end lines with CR LF, whatever the client wrote (WHATWG HTML, "multipart form data"). JSON stays what it is. */
function Description(message: string, docs: object): PropertyDecorator {
  return applyDecorators(
    ParseText((text) => text.replaceAll('\r\n', '\n')),
    ValidateBy({ name: 'isDescription', validator: { validate: isDescription } }, { message }),
    ApiProperty({
      type: 'string',
      minLength: 1,
      maxLength: longestDescription,
      pattern: textPattern,
      description: 'What you want to say about the voice. It may have several lines.',
      example: 'Warm and slow, for stories.',
      required: false,
      ...docs,
    }),
  );
}

/** An optional text about a voice. It may be missing, but not empty. */
export const OptionalDescription = (): PropertyDecorator =>
  applyDecorators(IfGiven(), Description(descriptionRule, {}));

/** A text about a voice that null clears. */
export const ClearableDescription = (): PropertyDecorator =>
  applyDecorators(IsOptional(), Description(`${descriptionRule}, or null to clear it`, { nullable: true }));

/**
 * Optional labels of a voice: an object in JSON, which a form has as JSON text. They become what voices store.
 *
 * Reads the field as it arrived, because class-transformer leaves out keys such as `constructor`.
 */
export function OptionalLabels(description: string): PropertyDecorator {
  const message =
    `labels must be an object with at most ${maxLabels} keys of 1 to 40 characters a-z, 0-9, _, . and -, ` +
    'and values of 1 to 100 characters without control characters';
  const areLabels = {
    name: 'areLabels',
    validator: { validate: (value: unknown) => Array.isArray(value) && value.every((each) => isLabel(String(each))) },
  };
  return applyDecorators(
    Transform(({ obj, key }: TransformFnParams) => labelsIn(obj as Readonly<Record<string, unknown>>, key)),
    IfGiven(),
    ValidateBy(areLabels, { message }),
    ApiProperty({
      type: 'object',
      additionalProperties: { type: 'string', minLength: 1, maxLength: 100, pattern: linePattern },
      maxProperties: maxLabels,
      description: `${description} Keys have 1 to 40 characters a-z, 0-9, \`_\`, \`.\` and \`-\`.`,
      example: { project: 'audiobook' },
      selfRequired: false,
    }),
  );
}

function labelsIn(
  fields: Readonly<Record<string, unknown>>,
  name: string,
): readonly string[] | typeof nested | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  const pairs = typeof value === 'string' && !isTyped(fields) ? pairsIn(value) : value;
  return (pairs instanceof Map && storedLabels(pairs)) || nested;
}

function pairsIn(text: string): unknown {
  try {
    return text.trim() === '' ? nested : new Map(Object.entries(parseJsonObject(text)));
  } catch {
    return nested;
  }
}
