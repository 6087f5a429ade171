import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { AppError } from '#libs/errors';
import type { Logger } from '#libs/logging';
import { answerBrokenRequests } from './broken-requests.js';
import { EveryErrorFilter } from './every-error.filter.js';
import { requestLog } from './request-log.js';
import { RouteTable, type RouterWithLayers } from './route-table.js';
import { securityHeaders } from './security-headers.js';
import { setServerTimeouts } from './server-timeouts.js';
import { Stopping } from './stopping.js';

/**
 * Gives an application everything that is the same for all routes, and initialises it.
 *
 * @param addRoutes adds what is served beside controllers
 * @returns what ends its server kindly
 */
export async function prepareHttp(
  app: NestExpressApplication,
  logger: Logger,
  addRoutes: () => void = () => undefined,
): Promise<Stopping> {
  const stopping = new Stopping();
  app.disable('x-powered-by').disable('etag'); // files have tags of their own
  app.use(requestLog(logger), stopping.closeConnections, securityHeaders(), revalidate);
  app.setGlobalPrefix('api');
  addRoutes();
  await app.init();

  const express = app.getHttpAdapter().getInstance() as unknown as { readonly router: RouterWithLayers };
  app.get(RouteTable).fill(express.router);
  const filter = app.get(EveryErrorFilter);
  // Nest answers unknown routes below /api; this answers the others.
  app.use((request: Request, response: Response) => filter.answer(AppError.of('not_found'), request, response));
  setServerTimeouts(app.getHttpServer());
  answerBrokenRequests(app.getHttpServer());
  return stopping;
}

/** Answers are for their caller alone and change at any time: kept only to be asked about again (ETag). */
function revalidate(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'private, no-cache');
  next();
}
