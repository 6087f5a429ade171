import { HttpException } from '@nestjs/common';
import { AppError, failures, type FailureCode, type FieldError } from '#libs/errors';

/** The body of every failure. */
export interface ErrorBody {
  readonly detail: string;
  /** The wrong fields, for a 422. */
  readonly errors?: readonly FieldError[];
}

/** The answer to a failure. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;
}

/** `Retry-After` of failures that have no value of their own. */
const defaultRetryAfterSeconds = 5;

/**
 * Maps any error to its answer. No other code does this.
 *
 * An AppError is answered as the failure table says, and an error of Express by its status. Everything else becomes
 * "Internal server error", failures of jobs included, so that no internal detail leaks.
 */
export function errorAnswer(error: unknown): ErrorAnswer {
  const failure = asAppError(error);
  const { status } = failure;
  const shown = status === failures.internal.status ? AppError.of('internal') : failure;
  return {
    status,
    body: { detail: shown.message, ...(status === 422 && { errors: fieldErrors(shown) }) },
    headers: { ...retryHeaders(failure), ...challenge(failure) },
  };
}

/** These name no field, but they are always about `file`. */
const aboutFile: ReadonlySet<string> = new Set(['unusable_audio', 'invalid_archive'] satisfies FailureCode[]);

function fieldErrors(failure: AppError): readonly FieldError[] {
  if (failure.errors) return failure.errors;
  return aboutFile.has(failure.code) ? [{ field: 'file', message: failure.message }] : [];
}

/** A 401 must say how to authenticate (RFC 9110 §15.5.2). No scheme is registered for a key in a header of its own. */
function challenge({ status }: AppError): Record<string, string> {
  return status === 401 ? { 'WWW-Authenticate': 'ApiKey realm="Timbre"' } : {};
}

function retryHeaders(failure: AppError): Record<string, string> {
  const isExpected = failure.status === 429 || failure.status === 503;
  if (!isExpected && failure.retryAfterSeconds === undefined) return {};
  return { 'Retry-After': String(Math.max(1, Math.ceil(failure.retryAfterSeconds ?? defaultRetryAfterSeconds))) };
}

/** Nest turns errors of Express and its middleware into HttpExceptions before the filter sees them. */
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

/** Whether this is a bug that operators must look at. */
export function isDefect(error: unknown): boolean {
  return asAppError(error).status === failures.internal.status;
}

/** Whether this is a 503 or 507: not a bug, but possibly a problem that operators must solve. */
export function isUnavailable(error: unknown): error is AppError {
  return error instanceof AppError && (error.status === 503 || error.status === 507);
}
