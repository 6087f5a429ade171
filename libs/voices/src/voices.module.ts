import { Module } from '@nestjs/common';
import { VoicesRepository } from './voices.repository.js';
import { VoicesService } from './voices.service.js';

/** Voices and their statuses. Needs the global modules of database, jobs and storage. */
@Module({
  providers: [VoicesService, VoicesRepository],
  exports: [VoicesService, VoicesRepository],
})
export class VoicesModule {}
