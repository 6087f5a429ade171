import { createBullBoard } from '@bull-board/api';
import { BullAdapter } from '@bull-board/api/bullAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { Express } from 'express';
import { queueNames, type JobQueues } from '#libs/jobs';

/** bull-board over our queues, read only. @param path it is served at */
export function bullBoard(queues: JobQueues, path: string): Express {
  const serverAdapter = new ExpressAdapter().setBasePath(path);
  createBullBoard({
    queues: queueNames.map((name) => new BullAdapter(queues.get(name), { readOnlyMode: true, allowRetries: false })),
    serverAdapter,
    options: { uiConfig: { boardTitle: 'Timbre queues' } },
  });
  const board = serverAdapter.getRouter() as Express;
  return board.disable('x-powered-by');
}
