import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import type { Express, RequestHandler } from 'express';
import { PublicUrls } from '../http/links.js';
import { describeApi } from './describe-api.js';
import { describeForPage } from './page/page-description.js';
import { pageHtml } from './page/page-html.js';
import { pagePlugin } from './page/page-plugin.js';

/**
 * Serves Swagger UI at /api/docs and the description at /api/openapi.json. Call it before the application is initialised.
 *
 * The description names PUBLIC_URL. The page calls the address at which it was opened, which may be another one.
 */
export function serveDocs(app: NestExpressApplication, publicUrl: string): void {
  const publicBase = publicUrl.replace(/\/+$/, '');
  const description = describeApi(app, publicBase);
  SwaggerModule.setup('api/openapi', app, description, {
    ui: false,
    raw: ['json'],
    jsonDocumentUrl: 'api/openapi.json',
  });
  servePage(app);
  SwaggerModule.setup('api/docs', app, describeForPage(description, new URL(publicBase).pathname), {
    raw: false,
    swaggerOptions: {
      plugins: [pagePlugin],
      persistAuthorization: true, // the key survives a reload
      displayRequestDuration: true,
      docExpansion: 'list',
      filter: true,
      tryItOutEnabled: true,
    },
  });
}

/** Serves our page instead of Nest's, whose routes are registered later. Nest serves the page's other files. */
function servePage(app: NestExpressApplication): void {
  const express: Express = app.getHttpAdapter().getInstance();
  express.get(['/api/docs', '/api/docs/index.html'], (request, response) => {
    response.type('html').send(pageHtml(request.path.endsWith('/docs') ? './docs/' : './'));
  });
}

/** The answer to a person who looks for documentation that is switched off. */
const plainPage = 'This is the API of Timbre, a self-hostable voice API. Its documentation is not served here.\n';

/**
 * Redirects the addresses that a person tries first, `/`, `/api` and `/docs`, to the documentation. Call it before the
 * application is initialised.
 *
 * If the documentation is switched off, `/` and `/api` answer with a line of text, and `/docs` with 404. `/` leads here only
 * if the console does not answer it first.
 */
export function leadToDocs(app: NestExpressApplication, docs: 'on' | 'off'): void {
  const express = app.getHttpAdapter().getInstance();
  const lead: RequestHandler = (_request, response) => {
    if (docs === 'on') response.redirect(302, `${app.get(PublicUrls).apiPath}/docs`);
    else response.type('text/plain').send(plainPage);
  };
  for (const path of docs === 'on' ? ['/', '/api', '/docs'] : ['/', '/api']) express.get(path, lead);
}
