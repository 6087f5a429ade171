import { applyDecorators } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { examplePartner, exampleVoice } from './example-names.js';

/** `{partner}` in a path. */
export const PartnerParameter = (): MethodDecorator & ClassDecorator =>
  ApiParam({
    name: 'partner',
    description: 'Name of the partner that owns the voices.',
    schema: { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]{0,62}$', example: examplePartner },
  });

/** `{partner}/{voice}` in a path. */
export const VoiceParameters = (): MethodDecorator & ClassDecorator =>
  applyDecorators(
    PartnerParameter(),
    ApiParam({
      name: 'voice',
      description: 'Name of the voice. Encode it as a URL path segment (UTF-8).',
      schema: { type: 'string', minLength: 1, maxLength: 255, example: exampleVoice },
    }),
  );

/** `{index}` in a path. */
export const IndexParameter = (): MethodDecorator =>
  ApiParam({
    name: 'index',
    description: 'Index of the sample, as the voice details list it.',
    schema: { type: 'integer', minimum: 1, example: 1 },
  });
