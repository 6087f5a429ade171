import { AppError } from '#libs/errors';

/** Network errors of Node's `net` that mean "Postgres cannot be reached". */
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);

/**
 * What node-postgres and TypeORM say, without a code, when a connection is lost or cannot be had. TypeORM releases the
 * runner of a transaction as soon as its connection breaks; the next statement, often the COMMIT, finds it so.
 */
const lostConnection =
  /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Connection ended unexpectedly|not queryable|Driver not Connected|Cannot use a pool after|Query runner already released/i;

/**
 * Postgres error codes (appendix A of its manual) that pass by themselves: class 08 connection (08P01, our own breach of
 * the protocol, apart), 53 out of resources (disk full apart), 57 shut down or cancelled, 25P03 and 25P04 transaction
 * time-outs, 40 serialisation and deadlock.
 */
function passes(code: string): boolean {
  return /^(08(?!P01)|53|57|40)/.test(code) || code === '25P03' || code === '25P04';
}

interface WithCode {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly driverError?: unknown;
  readonly errors?: unknown;
}

function isPassing(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, driverError, errors } = error as WithCode;
  if (driverError !== undefined && driverError !== error && isPassing(driverError)) return true;
  if (Array.isArray(errors) && errors.some(isPassing)) return true;
  if (typeof code === 'string' && (networkCodes.has(code) || passes(code))) return true;
  return typeof message === 'string' && lostConnection.test(message);
}

/** Turns "Postgres cannot serve now" into `unavailable`, "its disk is full" into `insufficient_storage`; hands anything else on. */
export function asAppError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const code = (error as WithCode | null)?.code;
  if (code === '53100') return AppError.of('insufficient_storage', { cause: error });
  if (isPassing(error)) return AppError.of('unavailable', { cause: error, retryAfterSeconds: 5 });
  return error;
}

interface Broken {
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly driverError?: Broken;
}

/** Did a write, TypeORM's or a plain statement, break this constraint: unique (23505) or foreign key (23503)? */
export function breaksConstraint(error: unknown, constraint: string): boolean {
  const failed = error as Broken;
  const { code, constraint: broken } = failed.driverError ?? failed;
  return (code === '23505' || code === '23503') && broken === constraint;
}
