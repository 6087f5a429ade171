export { forgetExpiredKeys } from './idempotency-keys.repository.js';
export { IdempotencyModule } from './idempotency.module.js';
export { IdempotentRequests } from './idempotent-requests.service.js';
export type { KeptAnswer } from './sealed-answer.js';
