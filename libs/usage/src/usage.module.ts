import { Module } from '@nestjs/common';
import { GpuUses } from './gpu-uses.js';
import { UsageRepository } from './usage.repository.js';

/** What partners use, and how much they may. Needs the global modules of database and storage. */
@Module({
  providers: [UsageRepository, GpuUses],
  exports: [UsageRepository, GpuUses],
})
export class UsageModule {}
