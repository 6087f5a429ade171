export { ApiKeysRepository } from './api-keys.repository.js';
export { ApiKeysService, type CreatedKey } from './api-keys.service.js';
export { AuthModule, type AuthModuleOptions } from './auth.module.js';
export { Authenticator, type AuthenticatorOptions, type Caller } from './authenticator.js';
export { RateLimiter } from './rate-limiter.js';
export { type RateCount } from './rate-window.js';
