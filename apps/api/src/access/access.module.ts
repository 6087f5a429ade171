import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { IdempotencyModule } from '#libs/idempotency';
import { VoicesModule } from '#libs/voices';
import { ApiKeyGuard } from './api-key.guard.js';
import { IdempotencyKeyGuard } from '../idempotency/idempotency-key.guard.js';
import { PartnerGuard } from './partner.guard.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { ScopeGuard } from './scope.guard.js';
import { VoiceGuard } from './voice.guard.js';

/**
 * The guards of every route, in the contract's order of checks: 401, 429, 403, 404, and 422 for a header.
 *
 * Each guard puts what it has found on the request (`http/request-context.ts`), where the next ones read it.
 *
 * `BodyInterceptor` reads the body after the last guard, so that a rejected request costs no upload.
 */
@Module({
  imports: [VoicesModule, IdempotencyModule],
  providers: [
    { provide: APP_GUARD, useClass: ApiKeyGuard },
    { provide: APP_GUARD, useClass: RateLimitGuard },
    { provide: APP_GUARD, useClass: PartnerGuard },
    { provide: APP_GUARD, useClass: ScopeGuard },
    { provide: APP_GUARD, useClass: VoiceGuard },
    { provide: APP_GUARD, useClass: IdempotencyKeyGuard },
  ],
})
export class AccessModule {}
