import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { pino } from 'pino';
import { findProjectRoot, readConfig } from '#libs/config';
import { AppModule } from '../app.module.js';
import { finished } from './finished-document.js';

const description = `A self-hostable voice API: recordings in, opus samples, voice embeddings, quality scores and \
preview audio out.

**Processing runs asynchronously.** Creating a voice with a recording starts splitting and then embedding. Poll the \
voice's details until no status is \`in_progress\`. While either status is \`in_progress\`, the voice is locked: every \
change is answered with 409, every read is served. If a status is \`failed\`, \`errors\` says why.

**Authentication.** Send your API key in the \`X-Api-Key\` header or in the \`api_key\` query parameter. The header wins.

**Bodies** are described in one form: JSON, or multipart/form-data where there may be a file. Every body without a file \
may also be sent as application/x-www-form-urlencoded or multipart/form-data.

**Errors** are JSON: \`{"detail": "<one sentence>"}\`; a 422 also lists the rejected fields. A path that exists with \
another method only is answered with 405 and \`Allow\`. Every response carries \`X-Request-Id\`: quote it when you \
report a problem.`;

/** The groups of the documentation, in order. */
const tags: readonly (readonly [name: string, about: string])[] = [
  ['Voices', 'List, create, read, rename and delete voices.'],
  ['Samples', 'Upload, download and delete the samples of a voice.'],
  ['Splitting', 'Cut the original recording into samples.'],
  ['Embedding', 'Create embeddings, listen to test samples and choose the preferred sample.'],
  ['Webhooks', 'Get signed messages when a split or an embedding has ended.'],
  ['Key', 'Read whom a key belongs to.'],
  ['Usage', 'Read what a partner uses, and its quotas.'],
  ['Consent', "Keep the proof that a voice's owner has agreed, and revoke it."],
  ['Moving', 'Carry voices to another Timbre, or keep them.'],
  ['Admin', 'Manage partners, keys and jobs, and read the audit log. These routes need an admin key.'],
  ['Health', 'Tell load balancers and operators whether the API can serve requests.'],
  ['Objects', 'Read and write stored objects with a signed URL, without an API key.'],
  ['RunPod', 'Receives notifications from RunPod.'],
];

/** Reads the version from package.json. */
function projectVersion(): string {
  const file = path.join(findProjectRoot(), 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/**
 * Generates the OpenAPI 3.1 description from the routes.
 *
 * @param server base URL of the paths: relative in openapi.json, PUBLIC_URL where it is served
 */
export function describeApi(app: INestApplication, server: string): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Timbre')
    .setDescription(description)
    .setVersion(projectVersion())
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(server)
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Api-Key' }, 'apiKeyHeader')
    .addApiKey({ type: 'apiKey', in: 'query', name: 'api_key' }, 'apiKeyQuery')
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, 'apiKeyBearer');
  for (const [name, about] of tags) builder.addTag(name, about);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (_controller, method) => method,
    autoTagControllers: false,
  });
  return finished(document);
}

/** Settings with which the modules load. Nest's preview mode connects to none of these services. */
const nothingReal = {
  DATABASE_URL: 'postgres://nowhere/none',
  REDIS_URL: 'redis://nowhere',
  RUNPOD_BASE_URL: 'http://localhost',
  RUNPOD_API_KEY: 'none',
};

/** Describes the API for openapi.json, without any running service. Its paths are relative to the URL it is used at. */
export async function describeUnopened(): Promise<OpenAPIObject> {
  const module = AppModule.with(readConfig(nothingReal), pino({ level: 'silent' }));
  const app = await NestFactory.create(module, { preview: true, logger: false, abortOnError: false });
  app.setGlobalPrefix('api');
  return describeApi(app, '/');
}
