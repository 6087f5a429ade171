export { GarbageCollector } from './garbage-collector.js';
export { eraseVoiceObjects, keepReplacedSeconds, keepUsedUpSeconds, removeObjects } from './object-removals.js';
export { RetentionModule } from './retention.module.js';
export { StoredObjectsRepository } from './stored-objects.repository.js';
