import { Module } from '@nestjs/common';
import { SamplesModule } from '../samples.module.js';
import { OriginalSplitter } from './original-splitter.js';
import { RecordingConverter } from './recording-converter.js';
import { SplitStep } from './split.step.js';
import { UploadSplitter } from './upload-splitter.js';

/** The step that the worker runs for a split. Needs global providers of `AUDIO_TOOLS` and `EncodeSlots`. */
@Module({
  imports: [SamplesModule],
  providers: [SplitStep, UploadSplitter, RecordingConverter, OriginalSplitter],
  exports: [SplitStep],
})
export class SplitStepModule {}
