import { Module } from '@nestjs/common';
import { Database } from '#libs/database';
import { VoicesModule } from '#libs/voices';
import { SamplesRepository } from './samples.repository.js';
import { SamplesService } from './samples.service.js';
import { SplittingService } from './splitting.service.js';

/** Samples and splitting. */
@Module({
  imports: [VoicesModule],
  providers: [
    SamplesService,
    SplittingService,
    {
      provide: SamplesRepository,
      useFactory: (database: Database) => new SamplesRepository(database),
      inject: [Database],
    },
  ],
  exports: [SamplesService, SplittingService],
})
export class SamplesModule {}
