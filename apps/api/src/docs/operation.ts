import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiSecurity, getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';
import type { FailureCode } from '#libs/errors';
import type { RouteFailures } from './failure-examples.js';
import { FailureResponses } from './failure-responses.js';

type PostOperation = NonNullable<OpenAPIObject['paths'][string]['post']>;
type RequestBody = Exclude<NonNullable<PostOperation['requestBody']>, { $ref: string }>;

export interface BodyDocs {
  /** The fields, in whichever of the three forms. Left out where there is a file: generators take one form alone. */
  readonly fields?: Type;
  /** Fields with a file, which only multipart can carry. */
  readonly form?: Type;
  readonly required: boolean;
  /** The form that the documentation shows first. */
  readonly first?: 'multipart/form-data' | 'application/x-www-form-urlencoded';
}

export interface OperationDocs {
  readonly summary: string;
  readonly description?: string;
  readonly body?: BodyDocs;
  /** How it can fail, beside what every route with a key can answer. */
  readonly failures?: readonly FailureCode[];
  /** Examples of the failures whose sentences are the route's own. */
  readonly failureExamples?: RouteFailures;
  /** Needs no key. */
  readonly open?: boolean;
}

/** What every route that needs a key can answer. */
const keyed: readonly FailureCode[] = ['invalid_api_key', 'access_denied', 'rate_limited', 'internal', 'unavailable'];

/** What reading a body can end in. */
const ofBodies: readonly FailureCode[] = ['malformed_request', 'upload_timed_out', 'too_large', 'invalid_parameter'];

/** Examples that fit every body without a file. */
const bodyExamples: RouteFailures = {
  malformed_request: 'The multipart body is malformed',
  too_large: 'The body may have at most 64 KiB',
};

/** Documents an operation: what it is, its body in every form, how it can fail. */
export function Operation(docs: OperationDocs): MethodDecorator {
  const { body, open = false, failures = [], failureExamples } = docs;
  const codes = new Set([...(open ? ['internal' as const] : keyed), ...(body ? ofBodies : []), ...failures]);
  return applyDecorators(
    ApiOperation({
      summary: docs.summary,
      ...(docs.description !== undefined && { description: docs.description }),
      ...(body && { requestBody: requestBody(body) }),
      ...(open && { security: [] }),
    }),
    ...[body?.fields, body?.form].filter((model) => model !== undefined).map((model) => ApiExtraModels(model)),
    ...(open ? [] : [ApiSecurity('apiKeyHeader'), ApiSecurity('apiKeyQuery')]),
    FailureResponses([...codes], { ...bodyExamples, ...failureExamples }),
  );
}

function requestBody({ fields, form, required, first = 'multipart/form-data' }: BodyDocs): RequestBody {
  const content: RequestBody['content'] = {};
  const add = (type: string, model: Type | undefined): void => {
    if (model) content[type] = { schema: { $ref: getSchemaPath(model) } };
  };
  if (first !== 'multipart/form-data') add(first, fields);
  add('multipart/form-data', form ?? fields);
  add('application/x-www-form-urlencoded', fields);
  add('application/json', fields);
  return { required, content };
}
