import { Module } from '@nestjs/common';
import { VoicesModule } from '#libs/voices';
import { ExportsService } from './export/exports.service.js';
import { ObjectChecksums } from './export/object-checksums.js';
import { ImportsService } from './import/imports.service.js';

/** Voices that move to another Timbre: their archives. Needs the database and the storage, which are global. */
@Module({
  imports: [VoicesModule],
  providers: [ObjectChecksums, ExportsService, ImportsService],
  exports: [ExportsService, ImportsService],
})
export class TransferModule {}
