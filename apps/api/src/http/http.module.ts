import { Global, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { CONFIG, type Config } from '#libs/config';
import { IdempotencyModule } from '#libs/idempotency';
import { ScratchFolder } from '#libs/storage';
import { BodyInterceptor } from '../body/body.interceptor.js';
import { FieldsPipe } from '../body/fields.pipe.js';
import { EveryErrorFilter } from '../errors/every-error.filter.js';
import { RouteTable } from '../errors/route-table.js';
import { Downloads } from '../files/downloads.js';
import { IdempotencyInterceptor } from '../idempotency/idempotency.interceptor.js';
import { PublicUrls } from './links.js';

/** Removes the scratch folder when the process ends. */
@Injectable()
class ScratchCloser implements OnApplicationShutdown {
  constructor(private readonly scratch: ScratchFolder) {}

  onApplicationShutdown(): Promise<void> {
    return this.scratch.close();
  }
}

/** How requests are checked and answered, for all features. */
@Global()
@Module({
  imports: [IdempotencyModule],
  providers: [
    // In this order: an idempotency key is compared with the body.
    { provide: APP_INTERCEPTOR, useClass: BodyInterceptor },
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    { provide: APP_PIPE, useClass: FieldsPipe },
    { provide: APP_FILTER, useExisting: EveryErrorFilter },
    {
      provide: ScratchFolder,
      useFactory: ({ scratchDir }: Config) => ScratchFolder.open(scratchDir, 'api'),
      inject: [CONFIG],
    },
    ScratchCloser,
    Downloads,
    EveryErrorFilter,
    PublicUrls,
    RouteTable,
  ],
  exports: [Downloads, EveryErrorFilter, PublicUrls, RouteTable, ScratchFolder],
})
export class HttpModule {}
