import type { OpenAPIObject } from '@nestjs/swagger';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { describeUnopened } from './describe-unopened.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const voice = '/api/voices/{partner}/{voice}';

/** Routes of the seed. */
const seed = [
  'get /api/voices/{partner}',
  'post /api/voices/{partner}',
  'post /api/voices/{partner}/empty',
  `get ${voice}`,
  `delete ${voice}`,
  `put ${voice}/name`,
  `post ${voice}/samples`,
  `get ${voice}/samples/{index}`,
  `delete ${voice}/samples/{index}`,
  `get ${voice}/samples-bundle`,
  `post ${voice}/split`,
  `post ${voice}/embed`,
  `get ${voice}/test-samples`,
  `get ${voice}/test-samples/{filename}`,
  `delete ${voice}/test-files/{tts_type}`,
  `put ${voice}/preferred-sample`,
];

/** Routes beside it. */
const beside = [
  'get /api/health/live',
  'get /api/health/ready',
  'get /api/admin/partners',
  'delete /api/admin/partners/{partner}',
  'get /api/admin/partners/{partner}/keys',
  'post /api/admin/partners/{partner}/keys',
  'delete /api/admin/keys/{id}',
  'get /api/admin/jobs',
  'post /api/admin/jobs/{id}/cancel',
  'get /api/admin/audit',
  'get /api/objects/{token}',
  'put /api/objects/{token}',
  'post /api/hooks/runpod/{token}',
];

let document: OpenAPIObject;
let operations: readonly (readonly [string, Operation])[];

beforeAll(async () => {
  document = await describeUnopened();
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => [`${method} ${path}`, operation as Operation] as const),
  );
});

describe('the description', () => {
  it('is OpenAPI 3.1 and names every route of the contract', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(operations.map(([route]) => route).sort()).toEqual([...seed, ...beside].sort());
  });

  it('is good enough to make SDKs from', () => {
    const ids = operations.map(([, operation]) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [route, operation] of operations) {
      expect([route, operation.tags?.length, operation.summary]).toEqual([route, 1, expect.stringMatching(/./)]);
    }
  });

  it('describes every failure with a schema and an example in the sentence of the failure table', () => {
    for (const [route, { responses }] of operations) {
      const failed = Object.entries(responses).filter(([status]) => Number(status) >= 400);
      expect([route, failed.length > 0]).toEqual([route, true]);
      for (const [status, response] of failed) {
        if (route === 'get /api/health/ready' && status === '503') continue; // answers which dependency is down
        expect([route, status, response]).toEqual([
          route,
          status,
          expect.objectContaining({
            content: { 'application/json': { schema: expect.anything(), examples: expect.anything() } },
          }),
        ]);
      }
    }
  });

  it('lets a key be given in the header or in the query, and asks for none where none is needed', () => {
    const open = operations.filter(([, operation]) => operation.security?.length === 0).map(([route]) => route);
    expect(open.every((route) => /\/api\/(health|hooks|objects)\//.test(route))).toBe(true);
    const keyed = operations.filter(([, operation]) => operation.security?.length !== 0);
    for (const [, operation] of keyed) expect(operation.security).toEqual([{ apiKeyHeader: [] }, { apiKeyQuery: [] }]);
  });
});
