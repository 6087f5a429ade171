import type { Server } from 'node:http';

/**
 * Time limits of the HTTP server, and the answer to `Expect: 100-continue`.
 *
 * A request may take as long as its upload moves (bodies time their own idleness), so `requestTimeout` is off; headers
 * must be there within 30 s. Connections are kept for 65 s, longer than the 60 s of usual load balancers, so that it is
 * them who close.
 */
export function setServerTimeouts(server: Server): void {
  server.requestTimeout = 0;
  server.headersTimeout = 30_000;
  server.keepAliveTimeout = 65_000;
  // "Go on" is said only when a body is about to be read: a refused upload is never sent.
  server.on('checkContinue', (request, response) => server.emit('request', request, response));
  // Any other expectation may be ignored (RFC 9110 §10.1.1); Node would answer 417 without a word.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}
