import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { failures, type FailureCode } from '#libs/errors';
import { ErrorAnswerDto, ValidationErrorDto } from './error-answers.js';
import { failureExample, failureMeaning, type RouteFailures } from './failure-examples.js';

type Headers = NonNullable<Parameters<typeof ApiResponse>[0]['headers']>;

const wholeSeconds = (description: string): Headers => ({
  'Retry-After': { description, required: true, schema: { type: 'integer', minimum: 1 } },
});

const headersByStatus: Readonly<Record<number, Headers>> = {
  429: wholeSeconds('Seconds until the next request is accepted.'),
  503: wholeSeconds('Seconds to wait before the request is sent again.'),
};

/** Documents how a route can fail: each status once, with an example of every failure that has it. */
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
