import { Module } from '@nestjs/common';
import { ObjectChecksums } from './export/object-checksums.js';
import { ExportsService } from './export/exports.service.js';

/** Voices that move to another Timbre: their archives. Needs the database and the storage, which are global. */
@Module({ providers: [ObjectChecksums, ExportsService], exports: [ExportsService] })
export class TransferModule {}
