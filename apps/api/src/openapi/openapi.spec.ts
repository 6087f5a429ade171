import type { OpenAPIObject } from '@nestjs/swagger';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { describeUnopened } from './describe-api.js';

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
  `post ${voice}/cancel`,
  `patch ${voice}`,
  'get /api/v1/audio/voices',
  'get /api/voices/{partner}/events',
  `get ${voice}/events`,
  `get ${voice}/waveform`,
  `get ${voice}/embedding`,
  `get ${voice}/embedding-runs`,
  `get ${voice}/embedding-runs/{run_id}`,
  `post ${voice}/embedding-runs/{run_id}/restore`,
  `delete ${voice}/embedding-runs/{run_id}`,
  `get ${voice}/original`,
  'post /api/voices/{partner}/import',
  `post ${voice}/speak`,
  `get ${voice}/speech/{id}`,
  'post /api/webhooks/{partner}',
  'get /api/webhooks/{partner}',
  'get /api/webhooks/{partner}/{id}',
  'patch /api/webhooks/{partner}/{id}',
  'delete /api/webhooks/{partner}/{id}',
  'post /api/webhooks/{partner}/{id}/test',
  'post /api/webhooks/{partner}/{id}/rotate-secret',
  'get /api/webhooks/{partner}/{id}/deliveries',
  'post /api/webhooks/{partner}/{id}/deliveries/{delivery}/resend',
  `get ${voice}/consent`,
  `post ${voice}/consent`,
  `get ${voice}/consent/{id}/file`,
  `post ${voice}/consent/{id}/revoke`,
  `get ${voice}/export`,
  'get /api/health/live',
  'get /api/health/ready',
  'get /api/admin/partners',
  'get /api/key',
  'get /api/usage/{partner}',
  'delete /api/admin/partners/{partner}',
  'patch /api/admin/partners/{partner}',
  'get /api/admin/partners/{partner}/keys',
  'post /api/admin/partners/{partner}/keys',
  'delete /api/admin/keys/{id}',
  'get /api/admin/jobs',
  'post /api/admin/jobs/{id}/cancel',
  'get /api/admin/audit',
  'post /api/admin/recompute',
  'get /api/admin/recompute',
  'get /api/admin/recompute/{id}',
  'post /api/admin/recompute/{id}/cancel',
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

describe('the OpenAPI description', () => {
  it('is valid OpenAPI 3.1 and contains every route of the contract', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(operations.map(([route]) => route).sort()).toEqual([...seed, ...beside].sort());
  });

  it('is complete enough to generate clients', () => {
    const ids = operations.map(([, operation]) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [route, operation] of operations) {
      expect([route, operation.tags?.length, operation.summary]).toEqual([route, 1, expect.stringMatching(/./)]);
    }
  });

  it('documents every failure with a schema and an example from the failure table', () => {
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

  it('accepts a key in the header or in the query, and asks for none on open routes', () => {
    const open = operations.filter(([, operation]) => operation.security?.length === 0).map(([route]) => route);
    expect(open.every((route) => /\/api\/(health|hooks|objects)\//.test(route))).toBe(true);
    const keyed = operations.filter(([, operation]) => operation.security?.length !== 0);
    for (const [route, operation] of keyed) {
      // Programs that know only OpenAI's API send keys their own way.
      const others = route === 'get /api/v1/audio/voices' ? [{ apiKeyBearer: [] }] : [];
      expect([route, operation.security]).toEqual([route, [...others, { apiKeyHeader: [] }, { apiKeyQuery: [] }]]);
    }
  });
});
