import { applyDecorators } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { examplePartner, exampleVoice } from './example-names.js';

/** `{partner}` in a path. */
export const PartnerParameter = (): MethodDecorator & ClassDecorator =>
  ApiParam({
    name: 'partner',
    description: 'Partner name.',
    schema: { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]{0,62}$', example: examplePartner },
  });

/** `{partner}/{voice}` in a path. */
export const VoiceParameters = (): MethodDecorator & ClassDecorator =>
  applyDecorators(
    PartnerParameter(),
    ApiParam({
      name: 'voice',
      description: 'Voice name, URL-encoded UTF-8.',
      schema: { type: 'string', minLength: 1, maxLength: 255, example: exampleVoice },
    }),
  );

/** `{index}` in a path. */
export const IndexParameter = (): MethodDecorator =>
  ApiParam({ name: 'index', description: 'Sample index.', schema: { type: 'integer', minimum: 1, example: 1 } });
