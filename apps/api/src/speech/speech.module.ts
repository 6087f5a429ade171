import { Module } from '@nestjs/common';
import { EmbeddingsModule } from '#libs/embeddings';
import { SpeechController } from './speech.controller.js';

@Module({ imports: [EmbeddingsModule], controllers: [SpeechController] })
export class SpeechApiModule {}
