export { createLogger } from './create-logger.js';
export { LOGGER } from './logger-token.js';
export { collectingJobs, noteMadeJob, type MadeJob } from './made-jobs.js';
export { NestLogger } from './nest-logger.js';
export type { Logger } from 'pino';
