export { AuthModule } from './auth.module.js';
export { Authenticator, type Caller } from './authenticator.js';
export { FailedAuthentications } from './failed-authentications.js';
export { RateLimiter } from './rate-limiter.js';
