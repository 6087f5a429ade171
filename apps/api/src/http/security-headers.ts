import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Security headers of every answer. The policy lets Swagger UI work: its page has inline styles and data: images, plays
 * audio it has fetched, and runs no inline script.
 *
 * No `upgrade-insecure-requests` and no HSTS: whether there is TLS is for the proxy in front to say.
 */
export function securityHeaders(): RequestHandler {
  return helmet({
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
  });
}
