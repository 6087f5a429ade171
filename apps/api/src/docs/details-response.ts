import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { VoiceDetails } from '#libs/voices';
import { VoiceDetailsDto } from '../voices/voice-details.answer.js';

/** A voice's details as an answer. */
export function DetailsResponse(status: 200 | 201 | 202, description: string, example: VoiceDetails): MethodDecorator {
  const location = {
    Location: { description: 'Where the voice is found.', required: true, schema: { type: 'string' as const } },
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
