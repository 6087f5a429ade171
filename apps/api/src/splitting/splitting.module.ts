import { Module } from '@nestjs/common';
import { SamplesModule } from '#libs/samples';
import { SplittingController } from './splitting.controller.js';

@Module({ imports: [SamplesModule], controllers: [SplittingController] })
export class SplittingApiModule {}
