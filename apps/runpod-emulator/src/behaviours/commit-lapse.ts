import type { Response } from 'express';
import type { Lapse } from './behaviour.js';

/**
 * Answers a request wrongly, or not at all. A 5xx comes as HTML, as from a proxy in front of the API: a client that
 * parses it as JSON should notice.
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
