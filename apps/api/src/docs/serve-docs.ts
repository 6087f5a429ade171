import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import { describeApi } from './describe-api.js';

/** Serves Swagger UI at /api/docs and the description at /api/openapi.json. Before the application is initialised. */
export function serveDocs(app: NestExpressApplication, publicUrl: string): void {
  SwaggerModule.setup('api/docs', app, describeApi(app, publicUrl.replace(/\/+$/, '')), {
    raw: ['json'],
    jsonDocumentUrl: 'api/openapi.json',
    customSiteTitle: 'Timbre API',
    swaggerOptions: {
      persistAuthorization: true, // authorise once; kept over reloads
      displayRequestDuration: true,
      docExpansion: 'list',
      filter: true,
      tryItOutEnabled: true,
      showMutatedRequest: false,
    },
  });
}
