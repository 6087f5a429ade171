import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import type { Express } from 'express';
import { describeApi } from './describe-api.js';
import { describeForPage } from './page/page-description.js';
import { pageHtml } from './page/page-html.js';
import { pagePlugin } from './page/page-plugin.js';

/**
 * Serves Swagger UI at /api/docs and the description at /api/openapi.json. Before the application is initialised.
 *
 * The description names PUBLIC_URL; the page calls the address it was opened at, which need not be the same.
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
      persistAuthorization: true, // authorise once; kept over reloads
      displayRequestDuration: true,
      docExpansion: 'list',
      filter: true,
      tryItOutEnabled: true,
    },
  });
}

/** Serves our page in the place of Nest's, whose routes come later. Nest still serves the files beside it. */
function servePage(app: NestExpressApplication): void {
  const express: Express = app.getHttpAdapter().getInstance();
  express.get(['/api/docs', '/api/docs/index.html'], (request, response) => {
    response.type('html').send(pageHtml(request.path.endsWith('/docs') ? './docs/' : './'));
  });
}
