import { failures, type FailureCode, type FixedFailureCode } from './failures.js';
import type { CauseCode } from './cause-code.js';

/** An invalid field of a request, for the `errors` list of a 422. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export interface AppErrorOptions {
  /** Invalid fields, for a 422. */
  readonly errors?: readonly FieldError[];
  /** The value of `Retry-After`, in whole seconds. */
  readonly retryAfterSeconds?: number;
  /** The cause of a 503 or 507. Logged and counted. */
  readonly causeCode?: CauseCode;
  /** The original error. Logged, never sent to a client. */
  readonly cause?: unknown;
  /** The failure affects only this process (its scratch folder, its descriptors). Another one can do the same work now. */
  readonly isLocal?: boolean;
}

/**
 * The only error that the libs throw: a code of the failure table, and a sentence for the client.
 *
 * Any other error is a defect and is answered as `internal`.
 */
export class AppError extends Error {
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly causeCode: CauseCode | undefined;
  readonly isLocal: boolean;

  private constructor(
    readonly code: FailureCode,
    sentence: string,
    options: AppErrorOptions = {},
  ) {
    super(sentence, { cause: options.cause });
    this.name = 'AppError';
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.causeCode = options.causeCode;
    this.isLocal = options.isLocal ?? false;
  }

  /** Creates a failure with the sentence of the table. */
  static of(code: FixedFailureCode, options?: AppErrorOptions): AppError {
    return new AppError(code, failures[code].sentence, options);
  }

  /** Creates a failure with a sentence of its own, which the client may read. */
  static saying(code: FailureCode, sentence: string, options?: AppErrorOptions): AppError {
    return new AppError(code, sentence, options);
  }

  /** Creates a 422 for one field. The sentence is both `detail` and the field's message. */
  static field(field: string, sentence: string): AppError {
    return new AppError('invalid_parameter', sentence, { errors: [{ field, message: sentence }] });
  }

  /** The HTTP status of this failure. */
  get status(): number {
    return failures[this.code].status;
  }

  /** Whether the same work may succeed later by itself. */
  get retryable(): boolean {
    return failures[this.code].retryable;
  }
}

/** Whether an error is an AppError, with this code if one is given. */
export function isAppError(error: unknown, code?: FailureCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}
