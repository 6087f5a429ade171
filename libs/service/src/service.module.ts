import { Module, type DynamicModule } from '@nestjs/common';
import { CONFIG, type Config } from '#libs/config';
import { LOGGER, type Logger } from '#libs/logging';

/** Which of Timbre's processes this is. */
export type ServiceName = 'api' | 'worker';

/** Injects the process's `ServiceName`. */
export const SERVICE = Symbol('Service');

export interface ServiceParts {
  readonly service: ServiceName;
  readonly config: Config;
  readonly logger: Logger;
}

/** Provides CONFIG, LOGGER and SERVICE to every module of a process. */
@Module({})
export class ServiceModule {
  static forRoot({ service, config, logger }: ServiceParts): DynamicModule {
    return {
      module: ServiceModule,
      global: true,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: SERVICE, useValue: service },
      ],
      exports: [CONFIG, LOGGER, SERVICE],
    };
  }
}
