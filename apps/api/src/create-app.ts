import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Config } from '#libs/config';
import { NestLogger, type Logger } from '#libs/logging';
import { AppModule } from './app.module.js';
import { serveDocs } from './docs/serve-docs.js';
import { prepareHttp } from './http/prepare-http.js';
import type { Stopping } from './http/stopping.js';

export interface ApiApp {
  readonly app: NestExpressApplication;
  readonly stopping: Stopping;
}

/** Builds the API, ready to listen. */
export async function createApp(config: Config, logger: Logger): Promise<ApiApp> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(config, logger), {
    bodyParser: false, // bodies are read after the guards
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const stopping = await prepareHttp(app, logger, () => serveDocs(app, config.publicUrl));
  return { app, stopping };
}
