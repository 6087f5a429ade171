import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { withParametersInUrlOrder } from './parameter-order.js';

const description = `A self-hostable voice API: recordings in, opus samples, voice embeddings, quality scores and \
preview audio out.

**Processing runs asynchronously.** Creating a voice with a recording starts splitting and then embedding. Poll the \
voice's details until no status is \`in_progress\`. While either status is \`in_progress\`, the voice is locked: every \
change is answered with 409, every read is served. If a status is \`failed\`, \`errors\` says why.

**Authentication.** Send your API key in the \`X-Api-Key\` header or in the \`api_key\` query parameter. The header wins.

**Errors** are JSON: \`{"detail": "<one sentence>"}\`; a 422 also lists the rejected fields. Every response carries \
\`X-Request-Id\`: quote it when you report a problem.`;

/** Groups of the documentation, in its order. */
const tags: readonly (readonly [name: string, about: string])[] = [
  ['Voices', 'List, create, read, rename and delete voices.'],
  ['Samples', 'Upload, download and delete the samples of a voice.'],
  ['Splitting', 'Cut the original recording into samples.'],
  ['Embedding', 'Create embeddings, listen to test samples and choose the preferred sample.'],
  ['Admin', 'Manage partners, keys and jobs, and read the audit log. These routes need an admin key.'],
  ['Health', 'Tell load balancers and operators whether the API can serve requests.'],
  ['Signed URLs', 'Read and write stored objects with a signed URL, without an API key.'],
  ['Webhooks', 'Receive notifications from RunPod.'],
];

/** The version in package.json, which stands at the project's root like the `dist` it is built into. */
function projectVersion(): string {
  const file = path.join(projectRoot(), 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** Where package.json is: the sources and what is built from them lie at different depths below it. */
export function projectRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!hasManifest(folder) && folder !== path.dirname(folder)) folder = path.dirname(folder);
  return folder;
}

function hasManifest(folder: string): boolean {
  try {
    readFileSync(path.join(folder, 'package.json'));
    return true;
  } catch {
    return false;
  }
}

/**
 * Describes the API in OpenAPI 3.1, from its own routes.
 *
 * @param server base URL of the paths: relative in the committed file, PUBLIC_URL where it is served
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
    .addApiKey({ type: 'apiKey', in: 'query', name: 'api_key' }, 'apiKeyQuery');
  for (const [name, about] of tags) builder.addTag(name, about);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (_controller, method) => method,
    autoTagControllers: false,
  });
  return withParametersInUrlOrder(document);
}
