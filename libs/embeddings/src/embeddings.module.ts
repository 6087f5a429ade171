import { Module } from '@nestjs/common';
import { VoicesModule } from '#libs/voices';
import { EmbeddingsService } from './embeddings.service.js';
import { RunpodHooksService } from './gpu/runpod-hooks.service.js';
import { EmbeddingRunsRepository } from './runs/embedding-runs.repository.js';
import { EmbeddingRunsService } from './runs/embedding-runs.service.js';
import { SpeechesRepository } from './speech/speeches.repository.js';
import { SpeechesService } from './speech/speeches.service.js';
import { TestSamplesRepository } from './test-samples.repository.js';

/** Embeddings and test samples, as requests see them. */
@Module({
  imports: [VoicesModule],
  providers: [
    EmbeddingRunsRepository,
    TestSamplesRepository,
    EmbeddingsService,
    EmbeddingRunsService,
    SpeechesRepository,
    SpeechesService,
    RunpodHooksService,
  ],
  exports: [EmbeddingsService, EmbeddingRunsService, SpeechesService, RunpodHooksService],
})
export class EmbeddingsModule {}
