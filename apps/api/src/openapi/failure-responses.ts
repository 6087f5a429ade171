import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { AppError, failures, type FailureCode } from '#libs/errors';
import { errorAnswer, type ErrorBody } from '../errors/error-answer.js';
import { ErrorAnswerDto, ValidationErrorDto } from './error-answers.js';

/** Examples of failures without a sentence in the failure table: the sentence, or the error that the route throws. */
export type RouteFailures = Partial<Record<FailureCode, string | AppError>>;

type Headers = NonNullable<Parameters<typeof ApiResponse>[0]['headers']>;

const wholeSeconds = (description: string): Headers => ({
  'Retry-After': { description, required: true, schema: { type: 'integer', minimum: 1 } },
});

const headersByStatus: Readonly<Record<number, Headers>> = {
  401: {
    'WWW-Authenticate': {
      description: 'How to authenticate: with an API key.',
      required: true,
      schema: { type: 'string', example: 'ApiKey realm="Timbre"' },
    },
  },
  429: wholeSeconds('Seconds until the next request is accepted.'),
  503: wholeSeconds('Seconds to wait before the request is sent again.'),
};

/** Documents the failures of a route: each status once, with an example of each of its failures. */
export function FailureResponses(codes: readonly FailureCode[], own: RouteFailures = {}): MethodDecorator {
  const statuses = [...new Set(codes.map((code) => failures[code].status))];
  return applyDecorators(
    ApiExtraModels(ErrorAnswerDto, ValidationErrorDto),
    ...statuses.map((status) =>
      failureResponse(
        status,
        codes.filter((code) => failures[code].status === status),
        own,
      ),
    ),
  );
}

function failureResponse(status: number, codes: readonly FailureCode[], own: RouteFailures): MethodDecorator {
  const model = status === 422 ? ValidationErrorDto : ErrorAnswerDto;
  const examples = codes.map((code) => [
    code,
    { summary: code.replaceAll('_', ' '), value: failureExample(code, own) },
  ]);
  return ApiResponse({
    status,
    description: codes.map(failureMeaning).join(' · '),
    ...(headersByStatus[status] && { headers: headersByStatus[status] }),
    content: {
      'application/json': {
        schema: { $ref: getSchemaPath(model) },
        examples: Object.fromEntries(examples) as Record<string, { summary: string; value: object }>,
      },
    },
  });
}

/** Descriptions of failures whose sentence depends on the place that throws. */
const meanings: Partial<Record<FailureCode, string>> = {
  malformed_request: 'The URL or the body cannot be parsed.',
  scope_missing: 'The key lacks the scope that the method needs.',
  quota_exceeded: 'A quota of the partner would be exceeded.',
  too_large: 'The body or one of its fields is over its limit.',
  invalid_parameter: 'A field or parameter is missing or wrong.',
  cannot_speak: 'The GPU side cannot speak, or not with this embedding.',
  unusable_audio: 'The file is not a recording that can be used.',
  invalid_archive: 'The file is not an archive as an export gives it.',
};

/** Returns the description of a failure. */
function failureMeaning(code: FailureCode): string {
  return failures[code].sentence ?? meanings[code] ?? code;
}

/**
 * Returns the body that a route answers a failure with, as an example for the documentation.
 *
 * @throws Error if neither the table nor the route has a sentence
 */
function failureExample(code: FailureCode, own: RouteFailures): ErrorBody {
  const said = own[code] ?? failures[code].sentence;
  if (said === null) throw new Error(`The documentation of a route lacks an example of ${code}`);
  return errorAnswer(typeof said === 'string' ? AppError.saying(code, said) : said).body;
}
