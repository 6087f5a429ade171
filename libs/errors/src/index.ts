export { AppError, isAppError, type AppErrorOptions, type FieldError } from './app-error.js';
export { failures, type Failure, type FailureCode, type FixedFailureCode } from './failures.js';
export { sizeText } from './size-text.js';
