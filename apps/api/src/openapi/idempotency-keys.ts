import { getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';
import { AppError, failures } from '#libs/errors';
import { errorAnswer } from '../errors/error-answer.js';
import { invalidKey, keyFormat } from '../idempotency/idempotency-key.guard.js';
import { ErrorAnswerDto, ValidationErrorDto } from './error-answers.js';
import { mapOperations, type Operation } from './operations.js';

type Answer = Exclude<Operation['responses'][string], undefined>;
type Described = Exclude<Answer, { $ref: string }>;

const parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Makes it safe to retry: the same key gives the first answer again, for 24 hours. Use a new UUID for a new request.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: keyFormat.source },
  example: '8e03978e-40d5-43dd-bc93-6894a57f9324',
} as const;

const replayed = {
  'Idempotent-Replayed': {
    description: '`true` if this is the kept answer to an earlier request with the same `Idempotency-Key`.',
    schema: { type: 'string', pattern: '^true$' },
  },
} as const;

const retryAfter = {
  'Retry-After': {
    description: 'Seconds until the request with the same `Idempotency-Key` may have ended.',
    schema: { type: 'integer', minimum: 1 },
  },
} as const;

const conflicts = ['idempotency_key_reused', 'idempotency_key_busy', 'idempotency_answer_deleted'] as const;

/** Documents `Idempotency-Key` for every POST that needs an API key: the interceptor serves all of them. */
export const withIdempotencyKeys = (document: OpenAPIObject): OpenAPIObject =>
  mapOperations(document, (operation, { method }) =>
    method === 'post' && operation.security?.length !== 0 ? withKey(operation) : operation,
  );

function withKey(operation: Operation): Operation {
  const answers = Object.entries(operation.responses).map(([status, answer]) => [
    status,
    status.startsWith('2') ? withHeaders(answer as Described, replayed) : answer,
  ]);
  const responses = Object.fromEntries(answers) as Operation['responses'];
  return {
    ...operation,
    parameters: [...(operation.parameters ?? []), parameter],
    responses: { ...responses, 409: conflict(responses[409] as Described | undefined), 422: responses[422] ?? badKey },
  };
}

const withHeaders = (answer: Described, headers: NonNullable<Described['headers']>): Described => ({
  ...answer,
  headers: { ...answer.headers, ...headers },
});

function conflict(answer: Described | undefined): Described {
  const own = answer?.content?.['application/json']?.examples;
  const added = conflicts.map((code) => [
    code,
    { summary: code.replaceAll('_', ' '), value: errorAnswer(AppError.of(code)).body },
  ]);
  const meanings = conflicts.map((code) => failures[code].sentence);
  return {
    ...answer,
    description: [...(answer ? [answer.description] : []), ...meanings].join(' · '),
    headers: { ...answer?.headers, ...replayed, ...retryAfter },
    content: {
      'application/json': {
        schema: { $ref: getSchemaPath(ErrorAnswerDto) },
        examples: { ...own, ...(Object.fromEntries(added) as typeof own) },
      },
    },
  };
}

/** For routes that have no other field. */
const badKey: Described = {
  description: 'The Idempotency-Key is wrong.',
  content: {
    'application/json': {
      schema: { $ref: getSchemaPath(ValidationErrorDto) },
      examples: {
        idempotency_key_invalid: { summary: 'idempotency key invalid', value: errorAnswer(invalidKey()).body },
      },
    },
  },
};
