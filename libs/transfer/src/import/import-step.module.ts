import { Module } from '@nestjs/common';
import { SamplesModule } from '#libs/samples';
import { ImportStep } from './import.step.js';
import { Unpacker } from './unpacker.js';

/** The step that the worker runs for an import. Needs global providers of `FFMPEG_TURNS` and `ScratchFolder`. */
@Module({ imports: [SamplesModule], providers: [Unpacker, ImportStep], exports: [ImportStep] })
export class ImportStepModule {}
