import { Module } from '@nestjs/common';
import { VoicesModule } from '#libs/voices';
import { OriginalMeter } from './analysis/original-meter.js';
import { TrackStore } from './analysis/track-store.js';
import { VoiceTracks } from './analysis/voice-tracks.service.js';
import { SamplesRepository } from './samples.repository.js';
import { SamplesService } from './samples.service.js';
import { SplittingService } from './splitting/splitting.service.js';

/** Samples and splitting as requests see them. Needs global providers of `FFMPEG_TURNS` and `ScratchFolder`. */
@Module({
  imports: [VoicesModule],
  providers: [SamplesRepository, SamplesService, SplittingService, VoiceTracks, TrackStore, OriginalMeter],
  exports: [SamplesService, SplittingService, VoiceTracks],
})
export class SamplesModule {}
