import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Processing } from '#libs/processing';
import { VoicesService, type VoiceRef } from '#libs/voices';
import { Voice } from '../access/access.decorators.js';
import { DetailsResponse } from '../openapi/responses.js';
import { Operation } from '../openapi/operation.js';
import { VoiceParameters } from '../openapi/parameters.js';
import { voiceDetailsDto, type VoiceDetailsDto } from './voice-details.answers.js';
import { cancelledVoiceExample } from './voice-examples.js';

@ApiTags('Voices')
@Controller('voices/:partner/:voice/cancel')
export class CancelController {
  constructor(
    private readonly processing: Processing,
    private readonly voices: VoicesService,
  ) {}

  @Post()
  @HttpCode(202)
  @Operation({
    summary: 'Cancel Processing',
    description:
      'Ends the splitting and the embedding of a voice and unlocks it at once. They count as failed, with the error ' +
      '`Cancelled`. What the voice had before stays: the old samples of a re-split and the last successful embedding. A ' +
      'recording that was not split yet is kept for seven days, so that it can be split again. A job on the GPU is ' +
      'cancelled there. Speech is not cancelled. The request fails with 409 if the voice is not being processed.',
    failures: ['voice_not_found', 'voice_not_processed'],
  })
  @VoiceParameters()
  @DetailsResponse(202, 'The voice is unlocked. Returns its details.', cancelledVoiceExample)
  async cancelVoice(@Voice() voice: VoiceRef): Promise<VoiceDetailsDto> {
    await this.processing.cancelVoice(voice.id);
    return voiceDetailsDto(await this.voices.details(voice.id));
  }
}
