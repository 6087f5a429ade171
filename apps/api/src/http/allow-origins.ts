import type { NestExpressApplication } from '@nestjs/platform-express';

/** How long a browser may go on without asking again. */
const maxAgeSeconds = 600;

/**
 * Lets pages of other origins call the API from browsers; without origins no such header is ever sent.
 *
 * Keys travel in a header and never in cookies, so no credentials are allowed.
 */
export function allowOrigins(app: NestExpressApplication, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.enableCors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowedHeaders: ['X-Api-Key', 'Content-Type', 'Range', 'If-None-Match', 'X-Request-Id'],
    exposedHeaders: [
      ...['Location', 'Link', 'ETag', 'Content-Disposition', 'Content-Range', 'Accept-Ranges', 'X-Request-Id'],
      ...['Retry-After', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'],
    ],
    maxAge: maxAgeSeconds,
  });
}
