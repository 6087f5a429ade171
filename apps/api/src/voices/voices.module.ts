import { Module } from '@nestjs/common';
import { Processing } from '#libs/processing';
import { VoicesModule } from '#libs/voices';
import { AudioModule } from '../audio/audio.module.js';
import { CancelController } from './cancel.controller.js';
import { AudioVoicesController } from './audio-voices.controller.js';
import { AudioUrls } from './audio-urls.js';
import { CreateVoicesController } from './create-voices.controller.js';
import { DetailsAnswers } from './details-answers.js';
import { ListVoicesController } from './list-voices.controller.js';
import { OriginalController } from './original.controller.js';
import { RecordingsService } from './recordings.service.js';
import { VoicesController } from './voices.controller.js';

@Module({
  imports: [AudioModule, VoicesModule],
  controllers: [
    AudioVoicesController,
    ListVoicesController,
    CreateVoicesController,
    VoicesController,
    CancelController,
    OriginalController,
  ],
  providers: [AudioUrls, DetailsAnswers, Processing, RecordingsService],
  exports: [DetailsAnswers],
})
export class VoicesApiModule {}
