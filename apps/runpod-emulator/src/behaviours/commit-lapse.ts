import type { Response } from 'express';
import type { Lapse } from './behaviour.js';

/**
 * Sends a wrong response, or closes the connection without one. A 5xx has an HTML body, as from a proxy before the API,
 * so that a client that parses it as JSON fails.
 */
export function commitLapse(lapse: Lapse, response: Response): void {
  if (lapse.kind === 'drop') {
    response.socket?.destroy();
    return;
  }
  response.status(lapse.status);
  if (lapse.status >= 500) response.type('html').send(`<html><body><h1>${lapse.status}</h1></body></html>`);
  else response.json({ error: `emulated ${lapse.status}` });
}
