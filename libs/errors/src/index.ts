export { AppError, isAppError, type FieldError } from './app-error.js';
export { failures, type FailureCode, type FixedFailureCode } from './failures.js';
export { sizeText } from './size-text.js';
export { causeCodes, type CauseCode } from './cause-code.js';
