import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { VoiceDetails } from '#libs/voices';
import { VoiceDetailsDto } from '../voices/voice-details.answer.js';

/** Documents an answer that is a voice's details. */
export function DetailsResponse(status: 200 | 201 | 202, description: string, example: VoiceDetails): MethodDecorator {
  const location = {
    Location: { description: 'URL of the new voice.', required: true, schema: { type: 'string' as const } },
  };
  return applyDecorators(
    ApiExtraModels(VoiceDetailsDto),
    ApiResponse({
      status,
      description,
      ...(status === 201 && { headers: location }),
      content: { 'application/json': { schema: { $ref: getSchemaPath(VoiceDetailsDto) }, example } },
    }),
  );
}
