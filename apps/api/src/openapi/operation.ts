import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiSecurity } from '@nestjs/swagger';
import type { FailureCode } from '#libs/errors';
import { FailureResponses, type RouteFailures } from './failure-responses.js';

export interface BodyDocs {
  /** The DTO class. */
  readonly type: Type;
  readonly required: boolean;
  /** Set it if the body may contain a file. */
  readonly hasFile?: boolean;
}

export interface OperationDocs {
  readonly summary: string;
  readonly description?: string;
  readonly body?: BodyDocs;
  /** How it can fail, apart from what every route with a key can answer. */
  readonly failures?: readonly FailureCode[];
  /** Examples of failures whose sentence depends on the route. */
  readonly failureExamples?: RouteFailures;
  /** The route needs no key. */
  readonly open?: boolean;
}

/** Failures of every route that needs a key. */
const keyed: readonly FailureCode[] = [
  ...(['invalid_api_key', 'access_denied', 'scope_missing', 'rate_limited', 'internal', 'unavailable'] as const),
];

/** Failures of every route that takes a body. */
const ofBodies: readonly FailureCode[] = ['malformed_request', 'upload_timed_out', 'too_large', 'invalid_parameter'];

/** Examples of failures, for bodies without a file. */
const bodyExamples: RouteFailures = {
  scope_missing: 'The API key lacks the scope "write"',
  quota_exceeded: 'Quota exceeded: the partner may have 1000 voices, and 1000 exist',
  malformed_request: 'The body is no valid JSON',
  too_large: 'The body may have at most 64 KiB',
};

/**
 * Documents an operation: its text, its body and its failures.
 *
 * The server takes every body in three forms (docs/api.md). The document has one of them, because generated clients choose
 * one by rules of their own, or fail: JSON, or multipart where there may be a file.
 */
export function Operation(docs: OperationDocs): MethodDecorator {
  const { body, open = false, failures = [], failureExamples } = docs;
  const codes = new Set([...(open ? ['internal' as const] : keyed), ...(body ? ofBodies : []), ...failures]);
  return applyDecorators(
    ApiOperation({
      summary: docs.summary,
      ...(docs.description !== undefined && { description: docs.description }),
      ...(open && { security: [] }),
    }),
    ...(body ? [ApiBody({ type: body.type, required: body.required }), ApiConsumes(formOf(body))] : []),
    ...(open ? [] : [ApiSecurity('apiKeyHeader'), ApiSecurity('apiKeyQuery')]),
    FailureResponses([...codes], { ...bodyExamples, ...failureExamples }),
  );
}

const formOf = ({ hasFile = false }: BodyDocs): string => (hasFile ? 'multipart/form-data' : 'application/json');
