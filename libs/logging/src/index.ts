export { createLogger, type LoggingOptions } from './create-logger.js';
export { insistOnStopping } from './insist-on-stopping.js';
export { collectingJobs, noteMadeJob, type MadeJob } from './made-jobs.js';
export { NestLogger } from './nest-logger.js';
export type { Logger } from 'pino';
