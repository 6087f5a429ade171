export { createLogger, type LoggingOptions } from './create-logger.js';
export { NestLogger } from './nest-logger.js';
export type { Logger } from 'pino';
