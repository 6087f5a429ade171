import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express, RequestHandler } from 'express';
import { Authenticator, FailedAuthentications } from '#libs/auth';
import { JobQueues, queueNames } from '#libs/jobs';
import { EveryErrorFilter } from '../errors/every-error.filter.js';
import { queuesBoardGate } from './queues-board-gate.js';

const path = '/api/admin/queues';

/**
 * Shows the queues in Redis to admins (bull-board, read-only). Jobs are changed through their rows, by the admin routes.
 *
 * Call it before the application is initialised.
 */
export function serveQueuesBoard(app: NestExpressApplication): void {
  const queues = app.get(JobQueues);
  const errors = app.get(EveryErrorFilter);
  const gate = queuesBoardGate({
    authenticator: app.get(Authenticator),
    failed: app.get(FailedAuthentications),
    queues,
    errors,
  });
  let board: Promise<Express> | undefined;
  const show: RequestHandler = (request, response, next) => {
    board ??= loadBoard(queues);
    board.then(
      (served) => served(request, response, next),
      (error: unknown) => errors.answer(error, request, response),
    );
  };
  app.use(path, gate, show);
}

/** Imports bull-board for the first admin who asks, because most processes never show it. */
async function loadBoard(queues: JobQueues): Promise<Express> {
  const [{ createBullBoard }, { BullAdapter }, { ExpressAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullAdapter'),
    import('@bull-board/express'),
  ]);
  const serverAdapter = new ExpressAdapter().setBasePath(path);
  createBullBoard({
    queues: queueNames.map((name) => new BullAdapter(queues.get(name), { readOnlyMode: true, allowRetries: false })),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Timbre queues' } },
  });
  const board = serverAdapter.getRouter() as Express;
  return board.disable('x-powered-by');
}
