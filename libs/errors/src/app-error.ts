import { failures, type FailureCode, type FixedFailureCode } from './failures.js';

/** One wrong field of a request, for the `errors` list of a 422. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export interface AppErrorOptions {
  /** Wrong fields, for a 422. */
  readonly errors?: readonly FieldError[];
  /** For `Retry-After`, in whole seconds. */
  readonly retryAfterSeconds?: number;
  /** What happened inside; logged, never sent to a client. */
  readonly cause?: unknown;
}

/**
 * The one error the libs throw: a code of the failure table and the sentence a person may read.
 *
 * Anything else that is thrown is a defect and answered as `internal`.
 */
export class AppError extends Error {
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  private constructor(
    readonly code: FailureCode,
    sentence: string,
    options: AppErrorOptions = {},
  ) {
    super(sentence, { cause: options.cause });
    this.name = 'AppError';
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** A failure whose sentence stands in the table. */
  static of(code: FixedFailureCode, options?: AppErrorOptions): AppError {
    return new AppError(code, failures[code].sentence, options);
  }

  /** A failure that says what exactly was wrong, in one sentence fit for the client. */
  static saying(code: FailureCode, sentence: string, options?: AppErrorOptions): AppError {
    return new AppError(code, sentence, options);
  }

  /** A 422 about one field: the sentence is both `detail` and the field's message. */
  static field(field: string, sentence: string): AppError {
    return new AppError('invalid_parameter', sentence, { errors: [{ field, message: sentence }] });
  }

  /** HTTP status of this failure. */
  get status(): number {
    return failures[this.code].status;
  }

  /** May the same work succeed later by itself? */
  get retryable(): boolean {
    return failures[this.code].retryable;
  }
}

/** Is this our error, of this code when one is given? */
export function isAppError(error: unknown, code?: FailureCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}
