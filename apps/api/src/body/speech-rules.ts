import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { areTestSentences, testSentenceBounds } from '#libs/embeddings';
import { canonicalLanguage, languageCodes, longestLanguageTag } from '#libs/voices';
import { IfGiven, listInField, ParseText } from './field-rules.js';
import { linePattern } from './text-patterns.js';

/** The supported languages as the documentation lists them. */
const languageList = languageCodes.map((code) => `\`${code}\``).join(', ');

/** An optional language (BCP 47), which becomes its canonical form. The field may be missing, but neither empty nor null. */
export function OptionalLanguage(description: string): PropertyDecorator {
  const message = `language must be one of ${languageCodes.join(', ')}, alone or with a region, like fr-CA`;
  const isLanguage = {
    name: 'isLanguage',
    validator: { validate: (value: unknown) => typeof value === 'string' && canonicalLanguage(value) !== null },
  };
  return applyDecorators(
    Transform(({ value }: TransformFnParams): unknown =>
      typeof value === 'string' ? (canonicalLanguage(value) ?? value) : value,
    ),
    IfGiven(),
    ValidateBy(isLanguage, { message }),
    ApiProperty({
      type: 'string',
      maxLength: longestLanguageTag,
      description: `${description} One of ${languageList}, also with a region (\`fr-CA\`).`,
      example: 'en',
      required: false,
    }),
  );
}

/**
 * An optional list of sentences, which are trimmed. JSON has an array; a form repeats the field, or has the array as JSON,
 * as some generated clients send it. In a form, a single sentence may stand without a list.
 */
export function OptionalSentences(description: string): PropertyDecorator {
  const { maxCount, maxLength } = testSentenceBounds;
  const areSentences = {
    name: 'areSentences',
    validator: {
      validate: (value: unknown) => Array.isArray(value) && areTestSentences(value),
      defaultMessage: () =>
        `test_sentences must be 1 to ${maxCount} sentences, each of 1 to ${maxLength} characters without control characters`,
    },
  };
  return applyDecorators(
    Transform(({ value }: TransformFnParams) => trimmed(value)),
    ParseText((text) => (text === '' ? text : listInField(text))),
    IfGiven(),
    ValidateBy(areSentences),
    ApiProperty({
      type: 'array',
      minItems: 1,
      maxItems: maxCount,
      items: { type: 'string', minLength: 1, maxLength, pattern: linePattern },
      description,
      example: ['Good morning, and welcome back.', 'How can I help you today?'],
      required: false,
    }),
  );
}

function trimmed(list: unknown): unknown {
  return Array.isArray(list) ? list.map((one: unknown) => (typeof one === 'string' ? one.trim() : one)) : list;
}
