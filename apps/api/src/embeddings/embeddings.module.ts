import { Module } from '@nestjs/common';
import { EmbeddingsModule } from '#libs/embeddings';
import { EmbeddingsController } from './embeddings.controller.js';
import { SampleEmbeddingController } from './sample-embedding.controller.js';
import { TestSamplesController } from './test-samples.controller.js';

@Module({
  imports: [EmbeddingsModule],
  controllers: [EmbeddingsController, SampleEmbeddingController, TestSamplesController],
})
export class EmbeddingsApiModule {}
