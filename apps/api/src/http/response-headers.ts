import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Sets the headers that every answer has: security headers, and a `Cache-Control` that makes clients revalidate (ETag).
 * They never change, so Helmet runs once.
 *
 * The policy fits Swagger UI: its page has inline styles and data: images, plays audio that it has fetched, and runs no
 * inline script.
 *
 * No `upgrade-insecure-requests` and no HSTS: only the proxy in front knows whether there is TLS.
 */
export function constantHeaders(): RequestHandler {
  const headers = [...securityHeaders(), ['Cache-Control', 'private, no-cache'] as const];
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    next();
  };
}

function securityHeaders(): (readonly [name: string, value: string])[] {
  const request = new IncomingMessage(new Socket()); // never connected
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

/** How long a browser may cache the answer to a preflight request. */
const maxAgeSeconds = 600;

/**
 * Lets pages of other origins call the API from browsers (CORS_ORIGINS). Without origins no CORS header is sent.
 *
 * Credentials are not allowed: keys travel in a header, never in cookies.
 */
export function allowOrigins(app: NestExpressApplication, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.enableCors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      ...['X-Api-Key', 'Content-Type', 'Range', 'If-None-Match', 'Last-Event-ID', 'X-Request-Id'],
      'Idempotency-Key',
    ],
    exposedHeaders: [
      ...['Location', 'Link', 'ETag', 'Content-Disposition', 'Content-Range', 'Accept-Ranges', 'X-Request-Id'],
      ...['Retry-After', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset', 'Idempotent-Replayed'],
    ],
    maxAge: maxAgeSeconds,
  });
}
