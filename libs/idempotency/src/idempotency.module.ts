import { Module } from '@nestjs/common';
import { IdempotencyKeysRepository } from './idempotency-keys.repository.js';
import { IdempotentRequests } from './idempotent-requests.service.js';

/** Requests that are processed once, however often they are sent. */
@Module({ providers: [IdempotencyKeysRepository, IdempotentRequests], exports: [IdempotentRequests] })
export class IdempotencyModule {}
