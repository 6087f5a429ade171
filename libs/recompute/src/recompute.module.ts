import { Module } from '@nestjs/common';
import { EmbeddingsModule } from '#libs/embeddings';
import { RecomputeService } from './recompute.service.js';
import { RecomputeTurns } from './recompute-turns.js';
import { RecomputesRepository } from './recomputes.repository.js';

/** Recomputes: operators start them in the API, workers do them. */
@Module({
  imports: [EmbeddingsModule],
  providers: [RecomputesRepository, RecomputeService, RecomputeTurns],
  exports: [RecomputeService, RecomputeTurns],
})
export class RecomputeModule {}
