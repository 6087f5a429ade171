import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './openapi.js';

/** Calls of Timbre's routes, typed by openapi.json. */
export type Timbre = Client<paths>;

/** Where Timbre is, and with which key. */
export interface Connection {
  /** For example `http://localhost:8080`, without `/api`. The empty string is the origin of the page. */
  readonly origin: string;
  readonly key: string;
}

/**
 * Returns a client that sends the key as `X-Api-Key`.
 *
 * @param send replaces fetch, for example to retry
 */
export function connect({ origin, key }: Connection, send?: (request: Request) => Promise<Response>): Timbre {
  return createClient<paths>({ baseUrl: origin, headers: { 'X-Api-Key': key }, ...(send && { fetch: send }) });
}
