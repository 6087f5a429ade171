import type { Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';
import type { Config } from '#libs/config';
import { AppError } from '#libs/errors';
import { AppModule } from './app.module.js';
import { serveDocs } from './docs/serve-docs.js';
import { EveryErrorFilter } from './http/every-error.filter.js';
import { NestLogger } from './http/nest-logger.js';
import { requestLog } from './http/request-log.js';
import { RouteTable, type RouterWithLayers } from './http/route-table.js';
import { securityHeaders } from './http/security-headers.js';
import { setServerTimeouts } from './http/server-timeouts.js';
import { Stopping } from './http/stopping.js';

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
  const stopping = new Stopping();
  app.disable('x-powered-by').disable('etag'); // files have tags of their own
  app.use(requestLog(logger), stopping.closeConnections, securityHeaders(), revalidate);
  app.setGlobalPrefix('api');
  serveDocs(app, config.publicUrl);
  await app.init();

  const express = app.getHttpAdapter().getInstance() as unknown as { readonly router: RouterWithLayers };
  app.get(RouteTable).fill(express.router);
  const filter = app.get(EveryErrorFilter);
  // Nest answers unknown routes below /api; this answers the others.
  app.use((request: Request, response: Response) => filter.answer(AppError.of('not_found'), request, response));
  setServerTimeouts(app.getHttpServer() as Server);
  return { app, stopping };
}

/** Answers are for their caller alone and change at any time: kept only to be asked about again (ETag). */
function revalidate(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'private, no-cache');
  next();
}
