import { Module } from '@nestjs/common';
import { ConsentModule } from '#libs/consent';
import { ConsentRevocations, Processing } from '#libs/processing';
import { AudioModule } from '../audio/audio.module.js';
import { ConsentController } from './consent.controller.js';
import { ReceivedConsentsService } from './received-consents.service.js';

@Module({
  imports: [AudioModule, ConsentModule],
  controllers: [ConsentController],
  providers: [ConsentRevocations, Processing, ReceivedConsentsService],
})
export class ConsentApiModule {}
