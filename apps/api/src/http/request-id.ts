import { randomUUID } from 'node:crypto';

/** What a client may call its request: safe in a header, in a log line and in a shell. */
const sane = /^[A-Za-z0-9._-]{1,128}$/;

/** The id of a request: the client's own `X-Request-Id` where it is sane, else a new UUID. */
export function requestIdFrom(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && sane.test(header) ? header : randomUUID();
}
