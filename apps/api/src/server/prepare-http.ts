import type { Server } from 'node:http';
import { NotFoundException } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request, Response } from 'express';
import type { Config } from '#libs/config';
import type { Logger } from '#libs/logging';
import { EveryErrorFilter } from '../errors/every-error.filter.js';
import { RouteTable, type RouterWithLayers } from '../errors/route-table.js';
import { requestLog } from '../http/request-log.js';
import { constantHeaders } from '../http/response-headers.js';
import { answerBrokenRequests } from './broken-requests.js';
import { OpenAnswers, type ReadingPace } from './open-answers.js';
import { Stopping } from './stopping.js';

/**
 * Installs what is the same for all routes, and initialises the application.
 *
 * @param addRoutes adds the routes that have no controller
 * @returns the graceful stop of the server
 */
export async function prepareHttp(
  app: NestExpressApplication,
  logger: Logger,
  config: ReadingPace & Pick<Config, 'keepAliveSeconds'>,
  addRoutes: () => void = () => undefined,
): Promise<Stopping> {
  const answers = new OpenAnswers(config);
  const stopping = new Stopping(answers);
  app.disable('x-powered-by').disable('etag'); // files have their own tags
  app.use(requestLog(logger), answers.follow, stopping.closeConnections, constantHeaders());
  app.setGlobalPrefix('api');
  addRoutes();
  await app.init();

  const express = app.getHttpAdapter().getInstance() as unknown as { readonly router: RouterWithLayers };
  app.get(RouteTable).fill(express.router);
  const filter = app.get(EveryErrorFilter);
  // Nest answers unknown routes below /api; this answers the others.
  app.use((request: Request, response: Response) => filter.answer(new NotFoundException(), request, response));
  setServerTimeouts(app.getHttpServer(), config.keepAliveSeconds);
  answers.watch(app.getHttpServer());
  answerBrokenRequests(app.getHttpServer());
  return stopping;
}

/**
 * Sets the time limits of the server, and how it answers an `Expect` header.
 *
 * A request may last as long as its upload makes progress (`openBody` limits idle uploads), so `requestTimeout` is off.
 * Headers must arrive within 30 s.
 *
 * @param keepAliveSeconds how long an idle connection is kept. A proxy must close its idle connections earlier: a request
 *   that it sends while this server closes the connection is lost
 */
function setServerTimeouts(server: Server, keepAliveSeconds: number): void {
  server.requestTimeout = 0;
  server.headersTimeout = 30_000;
  server.keepAliveTimeout = keepAliveSeconds * 1000;
  // `100 Continue` is sent only when a body is about to be read, so a rejected upload is never sent.
  server.on('checkContinue', (request, response) => server.emit('request', request, response));
  // Other expectations may be ignored (RFC 9110 §10.1.1). Node would answer 417 without a body.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}
