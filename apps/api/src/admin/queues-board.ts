import { createBullBoard } from '@bull-board/api';
import { BullAdapter } from '@bull-board/api/bullAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express } from 'express';
import { Authenticator, RateLimiter } from '#libs/auth';
import { JobQueues, queueNames } from '#libs/jobs';
import { EveryErrorFilter } from '../http/every-error.filter.js';
import { queuesBoardGate } from './queues-board-gate.js';

const path = '/api/admin/queues';

/**
 * Shows admins the queues in Redis (bull-board), to look at only: what is done about a job is done to its row, by the
 * admin routes. Before the application is initialised.
 */
export function serveQueuesBoard(app: NestExpressApplication): void {
  const queues = app.get(JobQueues);
  const gate = queuesBoardGate({
    authenticator: app.get(Authenticator),
    limiter: app.get(RateLimiter),
    queues,
    errors: app.get(EveryErrorFilter),
  });
  const serverAdapter = new ExpressAdapter().setBasePath(path);
  createBullBoard({
    queues: queueNames.map((name) => new BullAdapter(queues.get(name), { readOnlyMode: true, allowRetries: false })),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Timbre queues' } },
  });
  const board = serverAdapter.getRouter() as Express;
  app.use(path, gate, board.disable('x-powered-by'));
}
