import { NotFoundException } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, Response } from 'express';
import type { Logger } from '#libs/logging';
import { answerBrokenRequests } from './broken-requests.js';
import { constantHeaders } from './constant-headers.js';
import { EveryErrorFilter } from './every-error.filter.js';
import { requestLog } from './request-log.js';
import { RouteTable, type RouterWithLayers } from './route-table.js';
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
  app.use(requestLog(logger), stopping.closeConnections, constantHeaders());
  app.setGlobalPrefix('api');
  addRoutes();
  await app.init();

  const express = app.getHttpAdapter().getInstance() as unknown as { readonly router: RouterWithLayers };
  app.get(RouteTable).fill(express.router);
  const filter = app.get(EveryErrorFilter);
  // Nest answers unknown routes below /api; this answers the others.
  app.use((request: Request, response: Response) => filter.answer(new NotFoundException(), request, response));
  setServerTimeouts(app.getHttpServer());
  answerBrokenRequests(app.getHttpServer());
  return stopping;
}
