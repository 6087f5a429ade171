import { Module } from '@nestjs/common';
import { EmbeddingsModule } from '#libs/embeddings';
import { HooksController } from './hooks.controller.js';

@Module({ imports: [EmbeddingsModule], controllers: [HooksController] })
export class HooksModule {}
