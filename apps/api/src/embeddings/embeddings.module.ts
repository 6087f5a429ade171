import { Module } from '@nestjs/common';
import { EmbeddingsModule } from '#libs/embeddings';
import { EmbeddingRunsController } from './embedding-runs.controller.js';
import { EmbeddingsController } from './embeddings.controller.js';
import { SampleEmbeddingController } from './sample-embedding.controller.js';
import { TestSamplesController } from './test-samples.controller.js';

@Module({
  imports: [EmbeddingsModule],
  controllers: [EmbeddingsController, EmbeddingRunsController, SampleEmbeddingController, TestSamplesController],
})
export class EmbeddingsApiModule {}
