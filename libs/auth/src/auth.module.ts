import { Module, type DynamicModule } from '@nestjs/common';
import { Database } from '#libs/database';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { Authenticator, type AuthenticatorOptions } from './authenticator.js';
import { RateLimiter } from './rate-limiter.js';

export interface AuthModuleOptions extends AuthenticatorOptions {
  readonly redisUrl: string;
}

/** Who may do what, and how often. Needs a global `Database`. */
@Module({})
export class AuthModule {
  static forRoot(options: AuthModuleOptions): DynamicModule {
    return {
      module: AuthModule,
      global: true,
      providers: [
        ApiKeysService,
        {
          provide: ApiKeysRepository,
          useFactory: (database: Database) => new ApiKeysRepository(database),
          inject: [Database],
        },
        {
          provide: Authenticator,
          useFactory: (keys: ApiKeysRepository) => new Authenticator(keys, options),
          inject: [ApiKeysRepository],
        },
        { provide: RateLimiter, useFactory: () => new RateLimiter(options.redisUrl) },
      ],
      exports: [ApiKeysService, Authenticator, RateLimiter],
    };
  }
}
