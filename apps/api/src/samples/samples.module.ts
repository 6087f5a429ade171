import { Module } from '@nestjs/common';
import { SamplesModule } from '#libs/samples';
import { VoicesModule } from '#libs/voices';
import { AudioModule } from '../audio/audio.module.js';
import { SamplesBundleController } from './samples-bundle.controller.js';
import { SamplesController } from './samples.controller.js';
import { UploadedSamplesService } from './uploaded-samples.service.js';
import { WaveformController } from './waveform.controller.js';

@Module({
  imports: [AudioModule, SamplesModule, VoicesModule],
  controllers: [SamplesController, SamplesBundleController, WaveformController],
  providers: [UploadedSamplesService],
})
export class SamplesApiModule {}
