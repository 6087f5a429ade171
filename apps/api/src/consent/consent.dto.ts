import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsIn, ValidateBy, type ValidationArguments } from 'class-validator';
import type { ConsentMethod } from '#libs/database';
import { longestLanguageTag } from '#libs/voices';
import { FilePart, OptionalFlag, OptionalText, RequiredText } from '../body/field-rules.js';
import type { ReceivedFile } from '../body/multipart.js';

export const consentMethods = ['recorded', 'written', 'verbal'] as const satisfies readonly ConsentMethod[];

const longestStatement = 2000;

/** Text of several lines: without control characters except line ends and tabs. Its length counts Unicode code points. */
function isStatement(value: unknown): boolean {
  if (typeof value !== 'string' || /[\p{Cs}\p{Bidi_Control}]|(?![\n\t])\p{Cc}/u.test(value)) return false;
  const { length } = [...value];
  return length >= 1 && length <= longestStatement;
}

/** Forms end lines with CR LF, whatever the client wrote (WHATWG HTML, "multipart form data"). Blank ends are cut. */
const asStatement = ({ value }: TransformFnParams): unknown =>
  typeof value === 'string' ? value.replaceAll(/\r\n?/g, '\n').trim() : value;

/** Any language tag (BCP 47): people consent in languages that no engine speaks. It becomes its canonical form. */
function canonicalTag(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > longestLanguageTag) return null;
  try {
    return new Intl.Locale(value).baseName;
  } catch {
    return null;
  }
}

const requiredOr =
  (otherwise: string) =>
  ({ property, value }: ValidationArguments): string =>
    value === undefined || value === null || value === '' ? `${property} is required` : `${property} ${otherwise}`;

function Statement(): PropertyDecorator {
  const message = requiredOr(`must be text of 1 to ${longestStatement} characters without control characters`);
  return applyDecorators(
    Transform(asStatement),
    ValidateBy({ name: 'isStatement', validator: { validate: isStatement } }, { message }),
    ApiProperty({
      type: 'string',
      minLength: 1,
      maxLength: longestStatement,
      description: 'What the person has agreed to, in the words of the consent. It may have several lines.',
      example: 'I am the owner of this voice and I consent to the creation of a synthetic voice model of it.',
    }),
  );
}

function AnyLanguage(): PropertyDecorator {
  const message = requiredOr('must be a language tag (BCP 47), like en or pt-BR');
  const isTag = { name: 'isTag', validator: { validate: (value: unknown) => canonicalTag(value) !== null } };
  return applyDecorators(
    Transform(({ value }: TransformFnParams) => canonicalTag(value) ?? (value as unknown)),
    ValidateBy(isTag, { message }),
    ApiProperty({
      type: 'string',
      minLength: 2,
      maxLength: longestLanguageTag,
      description: 'Language of the statement (BCP 47). Any language, also one that voices cannot have.',
      example: 'en',
    }),
  );
}

function Method(): PropertyDecorator {
  const message = requiredOr(`must be ${consentMethods.join(' or ')}`);
  return applyDecorators(
    IsIn(consentMethods, { message }),
    ApiProperty({
      enum: consentMethods,
      enumName: 'ConsentMethod',
      enumSchema: { description: 'How a person has consented.' },
      description:
        'How the person has consented: in a recording, in writing, or in words that nobody has recorded. The `file` of a ' +
        'recorded consent must be audio.',
      example: 'recorded',
    }),
  );
}

@ApiSchema({ name: 'ConsentForm' })
export class ConsentDto {
  @Statement()
  statement: string;

  @AnyLanguage()
  language: string;

  @RequiredText(255, { description: 'Who has consented: the person whose voice it is.', example: 'Jane Doe' })
  granted_by: string;

  @Method()
  method: ConsentMethod;

  @OptionalText(100, {
    description: 'Which version of your own text the statement is.',
    example: '2025-01',
  })
  text_version?: string;

  @FilePart({
    required: false,
    description:
      'Proof of the consent, up to 20 MiB: a recording if the method is `recorded`, otherwise any document. It is kept as ' +
      'it is. A recording is compared with the samples by the next embedding.',
  })
  file?: ReceivedFile;
}

@ApiSchema({ name: 'RevokeConsentFields' })
export class RevokeConsentDto {
  @OptionalFlag({
    description: 'Whether the voice is deleted at once, with everything that belongs to it. `false` if omitted.',
  })
  erase?: boolean;
}
