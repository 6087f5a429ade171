import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Config } from '#libs/config';
import { JobQueues, warnOfEviction, warnOfRedisTrouble } from '#libs/jobs';
import { NestLogger, type Logger } from '#libs/logging';
import { Metrics } from '#libs/metrics';
import { serveQueuesBoard } from './admin/queues-board.js';
import { AppModule } from './app.module.js';
import { leadToDocs } from './docs/lead-to-docs.js';
import { serveDocs } from './docs/serve-docs.js';
import { allowOrigins } from './http/allow-origins.js';
import { ExpressServer } from './http/express-server.js';
import { prepareHttp } from './http/prepare-http.js';
import { followChanges } from './monitoring/follow-changes.js';
import { followRequests } from './monitoring/follow-requests.js';
import type { Stopping } from './http/stopping.js';

export interface ApiApp {
  readonly app: NestExpressApplication;
  readonly stopping: Stopping;
}

/** Builds the API, ready to listen. */
export async function createApp(config: Config, logger: Logger): Promise<ApiApp> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(config, logger), new ExpressServer(), {
    bodyParser: false, // bodies are read after the guards
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  app.set('trust proxy', config.trustProxy);
  app.use(followRequests(app.get(Metrics)), followChanges);
  const stopping = await prepareHttp(app, logger, () => {
    allowOrigins(app, config.corsOrigins);
    leadToDocs(app, config.swagger, config.publicUrl);
    if (config.swagger === 'on') serveDocs(app, config.publicUrl);
    if (config.bullBoard === 'on') serveQueuesBoard(app);
  });
  warnOfEviction(app.get(JobQueues), logger);
  warnOfRedisTrouble(app.get(JobQueues), logger);
  return { app, stopping };
}
