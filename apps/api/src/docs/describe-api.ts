import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

const description = `A self-hostable voice API: recordings in, opus samples, voice embeddings, quality scores and \
preview audio out.

Voice processing (splitting and embedding) runs asynchronously: upload a recording and poll the voice's details.
While either status is \`in_progress\` the voice is locked: every change is answered 409, every read is served.

Supply your API key in the \`X-Api-Key\` header or as the \`api_key\` query parameter. Every answer carries
\`X-Request-Id\`. Errors are \`{"detail": "<one sentence>"}\`.`;

/** Groups of the documentation, in its order. */
const tags: readonly (readonly [name: string, about: string])[] = [
  ['Voices', 'List, create, read, rename and delete voices.'],
  ['Samples', 'Upload, download and delete the samples of a voice.'],
  ['Splitting', 'Cut the original recording into samples.'],
  ['Embedding', 'Embeddings, test samples and the preferred sample.'],
  ['Admin', 'Partners, keys and jobs; for admin keys.'],
  ['Health', 'For load balancers and people on call.'],
  ['Signed URLs', 'Objects of the local storage, for whoever holds a signed URL.'],
  ['Webhooks', 'What RunPod calls.'],
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
  return SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (_controller, method) => method,
    autoTagControllers: false,
  });
}
