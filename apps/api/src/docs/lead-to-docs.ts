import type { NestExpressApplication } from '@nestjs/platform-express';
import type { RequestHandler } from 'express';
import { publicPath } from '../http/public-path.js';

/** What a person sees who looks for the documentation of an API that does not serve it. */
const plainPage = 'This is the API of Timbre, a self-hostable voice API. Its documentation is not served here.\n';

/**
 * Answers the addresses that a person tries first, `/`, `/api` and `/docs`, with the way to the documentation. Before the
 * application is initialised.
 *
 * With the documentation switched off, the first two say in a line of text what this is, and `/docs` is not known.
 */
export function leadToDocs(app: NestExpressApplication, docs: 'on' | 'off', publicUrl: string): void {
  const express = app.getHttpAdapter().getInstance();
  const lead: RequestHandler = (_request, response) => {
    if (docs === 'on') response.redirect(302, `${publicPath(publicUrl)}/api/docs`);
    else response.type('text/plain').send(plainPage);
  };
  for (const path of docs === 'on' ? ['/', '/api', '/docs'] : ['/', '/api']) express.get(path, lead);
}
