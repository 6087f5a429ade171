import { Module } from '@nestjs/common';
import { Database } from '#libs/database';
import { Processing } from './processing.js';
import { VoicesRepository } from './voices.repository.js';
import { VoicesService } from './voices.service.js';

/** Voices and the life of their statuses. Needs the global modules of database, jobs and storage. */
@Module({
  providers: [
    Processing,
    VoicesService,
    {
      provide: VoicesRepository,
      useFactory: (database: Database) => new VoicesRepository(database),
      inject: [Database],
    },
  ],
  exports: [Processing, VoicesService, VoicesRepository],
})
export class VoicesModule {}
