import { getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';
import { failures } from '#libs/errors';
import { ErrorAnswerDto } from './error-answers.js';
import { mapOperations } from './operations.js';

/** Failures that no operation names, because they depend on the request only. */
const ofAnyRequest = ['method_not_allowed', 'headers_too_large'] as const;

const anyOtherFailure = {
  description:
    'Any other failure, for example 405 (with `Allow`) for a path that exists with another method only, or 431 for headers ' +
    'that are too large.',
  content: {
    'application/json': {
      schema: { $ref: getSchemaPath(ErrorAnswerDto) },
      examples: Object.fromEntries(
        ofAnyRequest.map((code) => [
          code,
          { summary: code.replaceAll('_', ' '), value: { detail: failures[code].sentence } },
        ]),
      ),
    },
  },
};

/** Adds a `default` answer to every operation, so that generated clients have one type for every failure. */
export const withDefaultAnswers = (document: OpenAPIObject): OpenAPIObject =>
  mapOperations(document, (operation) => ({
    ...operation,
    responses: { ...operation.responses, default: operation.responses.default ?? anyOtherFailure },
  }));
