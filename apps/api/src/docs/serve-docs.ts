import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import { describeApi } from './describe-api.js';

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
  const ofThePage = { ...description, servers: [{ url: new URL(publicBase).pathname }] };
  SwaggerModule.setup('api/docs', app, ofThePage, {
    raw: false,
    customSiteTitle: 'Timbre API',
    swaggerOptions: {
      persistAuthorization: true, // authorise once; kept over reloads
      displayRequestDuration: true,
      docExpansion: 'list',
      filter: true,
      tryItOutEnabled: true,
    },
  });
}
