import { applyDecorators } from '@nestjs/common';
import { ApiParam, ApiQuery } from '@nestjs/swagger';
import { partnerNameFormat } from '#libs/partners';
import { voiceNamePattern } from '../body/text-patterns.js';

/** The partner and the voice that `npm start` creates, so that every example works there as it stands. */
const examplePartner = 'demo';
export const exampleVoice = 'speaker-1';

export const partnerNameSchema = { type: 'string', pattern: partnerNameFormat.source } as const;

/** Documents `{partner}` in a path. */
export const PartnerParameter = (): MethodDecorator & ClassDecorator =>
  ApiParam({
    name: 'partner',
    description: 'Name of the partner that owns the voices.',
    schema: { ...partnerNameSchema, example: examplePartner },
  });

/** Documents `{partner}/{voice}` in a path. */
export const VoiceParameters = (): MethodDecorator & ClassDecorator =>
  applyDecorators(
    PartnerParameter(),
    ApiParam({
      name: 'voice',
      description:
        'Name or id of the voice. Encode it as a URL path segment (UTF-8). If another voice has the id as its name, the name takes precedence.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: voiceNamePattern, example: exampleVoice },
    }),
  );

/** Documents `{index}` in a path. */
export const IndexParameter = (): MethodDecorator =>
  ApiParam({
    name: 'index',
    description: 'Index of the sample, as the voice details list it.',
    schema: { type: 'integer', minimum: 1, example: 1 },
  });

/** Documents the `cursor` of a list with pages. */
export const CursorQuery = (): MethodDecorator =>
  ApiQuery({
    name: 'cursor',
    required: false,
    schema: { type: 'string', minLength: 1 },
    description: 'Where the page starts. Copy it from the `Link` header of the page before.',
  });

/** Documents the `Link` header of a list with pages. */
export const nextPageLink = {
  Link: {
    description: 'URL of the next page, as `<url>; rel="next"`. Absent on the last page.',
    schema: { type: 'string' },
  },
} as const;
