import type { Response } from 'express';

/** Aborts when the client closes the connection before it was answered: costly work for nobody is given up. */
export function whenGone(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new ClientGone());
  });
  if (response.destroyed) controller.abort(new ClientGone());
  return controller.signal;
}

/** The client closed the connection before its request was whole or answered: there is nobody to answer. */
export class ClientGone extends Error {
  constructor() {
    super('The client closed the connection');
    this.name = 'ClientGone';
  }
}
