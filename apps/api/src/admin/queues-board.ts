import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express, RequestHandler } from 'express';
import { Authenticator, RateLimiter } from '#libs/auth';
import { JobQueues } from '#libs/jobs';
import { EveryErrorFilter } from '../http/every-error.filter.js';
import { queuesBoardGate } from './queues-board-gate.js';

const path = '/api/admin/queues';

/**
 * Shows admins the queues in Redis (bull-board), to look at only: what is done about a job is done to its row, by the
 * admin routes. Before the application is initialised; bull-board itself is loaded for the first who is let in.
 */
export function serveQueuesBoard(app: NestExpressApplication): void {
  const queues = app.get(JobQueues);
  const errors = app.get(EveryErrorFilter);
  const gate = queuesBoardGate({
    authenticator: app.get(Authenticator),
    limiter: app.get(RateLimiter),
    queues,
    errors,
  });
  let board: Promise<Express> | undefined;
  const show: RequestHandler = (request, response, next) => {
    board ??= import('./bull-board.js').then(({ bullBoard }) => bullBoard(queues, path));
    board.then(
      (served) => served(request, response, next),
      (error: unknown) => errors.answer(error, request, response),
    );
  };
  app.use(path, gate, show);
}
