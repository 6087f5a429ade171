export { admit, closedBreaker, failed, succeeded, type Breaker, type BreakerSettings } from './circuit-breaker.js';
export { forEachLimited } from './for-each-limited.js';
export { runService } from './run-service.js';
export { SERVICE, ServiceModule, type ServiceName, type ServiceParts } from './service.module.js';
export { stopOnce } from './stop-once.js';
export { within, withinOrNull } from './within.js';
