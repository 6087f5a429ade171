import { Global, Module } from '@nestjs/common';
import { PartnersModule } from '#libs/partners';
import { Authenticator } from './authenticator.js';
import { FailedAuthentications } from './failed-authentications.js';
import { RateLimiter } from './rate-limiter.js';

/** Authentication of keys, and rate limits. */
@Global()
@Module({
  imports: [PartnersModule],
  providers: [Authenticator, RateLimiter, FailedAuthentications],
  exports: [PartnersModule, Authenticator, FailedAuthentications, RateLimiter],
})
export class AuthModule {}
