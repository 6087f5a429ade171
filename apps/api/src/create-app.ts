import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Config } from '#libs/config';
import { JobQueues, warnOfEviction, warnOfRedisTrouble } from '#libs/jobs';
import { NestLogger, type Logger } from '#libs/logging';
import { Metrics } from '#libs/metrics';
import { serveQueuesBoard } from './admin/queues-board.js';
import { AppModule } from './app.module.js';
import { serveConsole } from './console/serve-console.js';
import { EventStreams } from './events/event-streams.service.js';
import { leadToDocs, serveDocs } from './openapi/serve-docs.js';
import { allowOrigins } from './http/response-headers.js';
import { prepareHttp } from './server/prepare-http.js';
import { followChanges, followRequests } from './http/follow-requests.js';
import type { Stopping } from './server/stopping.js';

export interface ApiApp {
  readonly app: NestExpressApplication;
  readonly stopping: Stopping;
}

/** Creates the API, ready to listen. */
export async function createApp(config: Config, logger: Logger): Promise<ApiApp> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(config, logger), {
    bodyParser: false, // BodyInterceptor reads bodies after the guards
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  app.set('trust proxy', config.trustProxy);
  app.use(followRequests(app.get(Metrics)), followChanges);
  const stopping = await prepareHttp(app, logger, config, () => {
    allowOrigins(app, config.corsOrigins);
    if (config.console === 'on') serveConsole(app, logger);
    leadToDocs(app, config.swagger);
    if (config.swagger === 'on') serveDocs(app, config.publicUrl);
    if (config.bullBoard === 'on') serveQueuesBoard(app);
  });
  stopping.endStreams = () => app.get(EventStreams).close();
  warnOfEviction(app.get(JobQueues), logger);
  warnOfRedisTrouble(app.get(JobQueues), logger);
  return { app, stopping };
}
