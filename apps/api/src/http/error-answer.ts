import { HttpException } from '@nestjs/common';
import { AppError, failures, type FieldError } from '#libs/errors';

/** The body of every failure. */
export interface ErrorBody {
  readonly detail: string;
  /** Of a 422: which fields are wrong. */
  readonly errors?: readonly FieldError[];
}

/** A failure as it is answered. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;
}

/** Seconds after which a client may try again, where the failure itself does not know. */
const defaultRetryAfterSeconds = 5;

/**
 * What a client is told about an error: the one way from errors to answers.
 *
 * An AppError is told by the failure table. What Express and its parsers throw is mapped to the table by its status.
 * Everything else, and every failure of a job that reaches a request, is "Internal server error": nothing of the
 * inside leaks.
 */
export function errorAnswer(error: unknown): ErrorAnswer {
  const failure = asAppError(error);
  const { status } = failure;
  const told = status === failures.internal.status ? AppError.of('internal') : failure;
  return {
    status,
    body: { detail: told.message, ...(status === 422 && { errors: fieldErrors(told) }) },
    headers: retryHeaders(failure),
  };
}

/** A file that is no recording is told by a sentence alone: its field is `file`. */
function fieldErrors(failure: AppError): readonly FieldError[] {
  if (failure.errors) return failure.errors;
  return failure.code === 'unusable_audio' ? [{ field: 'file', message: failure.message }] : [];
}

function retryHeaders(failure: AppError): Record<string, string> {
  if (failure.status !== 429 && failure.status !== 503) return {};
  return { 'Retry-After': String(Math.max(1, Math.ceil(failure.retryAfterSeconds ?? defaultRetryAfterSeconds))) };
}

/** Nest maps errors of Express and its middleware to HttpExceptions before the filter sees them. */
function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (!(error instanceof HttpException)) return AppError.of('internal', { cause: error });
  switch (error.getStatus()) {
    case 400:
      return AppError.saying('malformed_request', 'The URL is malformed', { cause: error });
    case 403:
    case 404:
      return AppError.of('not_found', { cause: error });
    case 416:
      return AppError.of('range_not_satisfiable', { cause: error });
    default:
      return AppError.of('internal', { cause: error });
  }
}

/** Is this a failure that people who run the service must look at? */
export function isDefect(error: unknown): boolean {
  return asAppError(error).status === failures.internal.status;
}
