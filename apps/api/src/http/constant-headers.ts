import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Headers of every answer: those of security, and that answers are for their caller alone and change at any time, so that
 * they are kept only to be asked about again (ETag). They are the same for all, so Helmet is asked once.
 *
 * The policy lets Swagger UI work: its page has inline styles and data: images, plays audio it has fetched, and runs no
 * inline script.
 *
 * No `upgrade-insecure-requests` and no HSTS: whether there is TLS is for the proxy in front to say.
 */
export function constantHeaders(): RequestHandler {
  const headers = [...securityHeaders(), ['Cache-Control', 'private, no-cache'] as const];
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    next();
  };
}

function securityHeaders(): (readonly [name: string, value: string])[] {
  const request = new IncomingMessage(new Socket()); // answered by nobody
  const response = new ServerResponse(request);
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        formAction: ["'self'"],
        objectSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        mediaSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'"],
      },
    },
    crossOriginEmbedderPolicy: false,
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    strictTransportSecurity: false,
    frameguard: { action: 'deny' },
  })(request, response, () => undefined);
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
}
