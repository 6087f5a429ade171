import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { Matches, ValidateBy } from 'class-validator';
import { partnerNameFormat } from '#libs/partners';
import { IfGiven, isLine, OptionalFlag, RequiredText } from '../body/field-rules.js';
import { isTyped, nested, parseJsonObject } from '../body/fields.js';
import { linePattern } from '../body/text-patterns.js';
import { ttsTypeSchema } from '../embeddings/embeddings.dto.js';
import { partnerNameSchema } from '../openapi/parameters.js';

const maxVersionLength = 100;

/** An optional `{version}`: an object in JSON, which a form has as JSON text. It becomes the version. */
function OptionalEngineVersion(): PropertyDecorator {
  const isVersion = (value: unknown): boolean => isLine(value, 1, maxVersionLength);
  return applyDecorators(
    Transform(({ obj, key }: TransformFnParams) => versionIn(obj as Readonly<Record<string, unknown>>, key)),
    IfGiven(),
    ValidateBy(
      { name: 'isVersion', validator: { validate: isVersion } },
      { message: 'engine_older_than must be an object with the version of an engine, like {"version": "2.0"}' },
    ),
    ApiProperty({
      type: 'object',
      properties: { version: { type: 'string', minLength: 1, maxLength: maxVersionLength, pattern: linePattern } },
      required: ['version'],
      additionalProperties: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
      description:
        'Only embeddings of engine versions that are older than this one, or that are not known. If omitted, those of ' +
        'any version. Versions are compared part by part, numbers by their value: `1.9` is older than `1.10`, and ' +
        '`2.0-rc1` than `2.0`.',
      example: { version: '2.0' },
      selfRequired: false,
    }),
  );
}

function versionIn(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  const value = fields[name];
  if (value === undefined) return undefined;
  const object = typeof value === 'string' && !isTyped(fields) ? objectIn(value) : value;
  return (object instanceof Map ? (object.get('version') as unknown) : undefined) ?? nested;
}

function objectIn(text: string): unknown {
  try {
    return new Map(Object.entries(parseJsonObject(text)));
  } catch {
    return nested;
  }
}

@ApiSchema({ name: 'RecomputeFields' })
export class RecomputeDto {
  @RequiredText(64, {
    description: 'TTS type whose embeddings are made anew. It must be one of the types that are configured.',
    example: 'kyutai',
    pattern: ttsTypeSchema.pattern,
  })
  tts_type: string;

  @OptionalEngineVersion()
  engine_older_than?: string;

  @IfGiven()
  @Matches(partnerNameFormat, { message: 'partner must be the name of a partner' })
  @ApiProperty({
    ...partnerNameSchema,
    description: "Only this partner's voices. If omitted, those of all partners.",
    example: 'demo',
    required: false,
  })
  partner?: string;

  @OptionalFlag({ description: 'Only counts the voices, and starts nothing.' })
  dry_run?: boolean;
}
