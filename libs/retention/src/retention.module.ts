import { Module } from '@nestjs/common';
import { GarbageCollector } from './garbage-collector.js';
import { StoredObjectsRepository } from './stored-objects.repository.js';

/** Deletes stored objects that no row names. */
@Module({
  providers: [GarbageCollector, StoredObjectsRepository],
  exports: [GarbageCollector, StoredObjectsRepository],
})
export class RetentionModule {}
