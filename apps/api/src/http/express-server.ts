import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express } from 'express';

/**
 * Express as Nest uses it, on a server that makes requests and responses with the prototypes Express wants.
 *
 * Express changes the prototype of each request and response that comes to it, and on Node 20 every property that is set
 * on such an object afterwards gives it a hidden class of its own: whatever reads it misses V8's inline caches, and the
 * classes fill the old heap, 19 kB a request (docs/performance.md). Here there is nothing left for Express to change.
 *
 * Nest's options for its server are not looked at: TLS is the proxy's, and `Stopping` ends connections.
 */
export class ExpressServer extends ExpressAdapter {
  override initHttpServer(): void {
    class TimbreRequest extends IncomingMessage {}
    class TimbreResponse extends ServerResponse<TimbreRequest> {}
    const express = this.getInstance<Express>();
    express.request = inheriting(TimbreRequest.prototype, express.request);
    express.response = inheriting(TimbreResponse.prototype, express.response);
    const classes = { IncomingMessage: TimbreRequest, ServerResponse: TimbreResponse };
    this.setHttpServer(createServer(classes, express));
  }
}

/** @returns `prototype`, which inherits from `inherited` now */
function inheriting<Inherited extends object>(prototype: object, inherited: Inherited): Inherited {
  return Object.setPrototypeOf(prototype, inherited) as Inherited;
}
