import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express, Request, Response } from 'express';
import { CONFIG, findProjectRoot, type Config } from '#libs/config';
import { AppError } from '#libs/errors';
import type { Logger } from '#libs/logging';
import { OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import { EveryErrorFilter } from '../errors/every-error.filter.js';
import { ConsoleBuilds, encodings, type ConsoleFile, type Encoding } from './console-build.js';
import { consolePolicy, filePolicy, permissionsPolicy } from './console-policy.js';
import { bucketOrigins } from './bucket-origins.js';

/** Vite puts it where nonces belong (apps/console/vite.config.ts). */
const noncePlaceholder = 'NONCE-OF-THE-PAGE';

/** Answers `/` while there is no build. The API works without it. */
const missingBuild = `This is the API of Timbre, a self-hostable voice API. Its console has not been built: \
npm run build makes it. CONSOLE=off switches it off.\n`;

/**
 * Serves the console (apps/console, built into dist/console): its page at `/` and its files beside it. Every other path is
 * left to the routes that follow. Call it before the application is initialised.
 *
 * The page's own paths are behind a `#`, so that they never reach the server.
 *
 * @param folder of the build
 */
export function serveConsole(
  app: NestExpressApplication,
  logger: Logger,
  folder = path.join(findProjectRoot(), 'dist/console'),
): void {
  const builds = new ConsoleBuilds(folder);
  const errors = app.get(EveryErrorFilter);
  const origins = bucketOrigins(app.get<Config>(CONFIG), app.get<ObjectStorage>(OBJECT_STORAGE));
  const express: Express = app.getHttpAdapter().getInstance();
  express.get('/', async (request, response) => {
    try {
      const build = await builds.current();
      if (build) sendPage(response, build.page, await origins());
      else response.type('text/plain').send(missingBuild);
    } catch (error) {
      await errors.answer(error, request, response);
    }
  });
  express.use((request, response, next) => {
    if (!mayBeFile(request.path)) return next();
    const answered = builds.file(request.path).then((file) => {
      if (!file) next();
      else if (request.method === 'GET' || request.method === 'HEAD') sendFile(request, response, file);
      else {
        response.setHeader('Allow', 'GET, HEAD');
        throw AppError.of('method_not_allowed');
      }
    });
    answered.catch((error: unknown) => errors.answer(error, request, response));
  });
  builds.current().then(
    (build) => build ?? logger.warn({ folder }, 'console not built, / shows a line of text'),
    (error: unknown) => logger.warn({ folder, err: error }, 'console cannot be read'),
  );
}

/** The API's own paths never name a file of the console. */
const mayBeFile = (urlPath: string): boolean => urlPath !== '/' && !urlPath.startsWith('/api/');

function sendPage(response: Response, page: string, audioOrigins: readonly string[]): void {
  const nonce = randomBytes(16).toString('base64');
  response.setHeader('Content-Security-Policy', consolePolicy(nonce, audioOrigins));
  response.setHeader('Permissions-Policy', permissionsPolicy);
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Cache-Control', 'no-store'); // the nonce is of this answer
  response.type('html').send(page.replaceAll(noncePlaceholder, nonce));
}

/** Vite's names of files in assets/ contain a hash of the content. */
const cacheControl = (urlPath: string): string =>
  urlPath.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=3600';

function sendFile(request: Request, response: Response, { bytes, compressed }: ConsoleFile): void {
  request.isPartOfPage = true;
  response.setHeader('Content-Security-Policy', filePolicy);
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Cache-Control', cacheControl(request.path));
  response.vary('Accept-Encoding');
  response.type(path.extname(request.path));
  const encoding = (Object.keys(encodings) as Encoding[]).find(
    (each) => compressed[each] && request.acceptsEncodings(each) === each,
  );
  if (encoding) response.setHeader('Content-Encoding', encoding);
  response.send((encoding && compressed[encoding]) ?? bytes);
}
