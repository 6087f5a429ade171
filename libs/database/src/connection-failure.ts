import {
  CannotExecuteNotConnectedError,
  CannotGetEntityManagerNotConnectedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';
import { AppError, type CauseCode } from '#libs/errors';

/** Errors of Node's `net` that mean that Postgres is unreachable. The last two: out of file descriptors. */
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EMFILE',
  'ENFILE',
]);

/** Messages of node-postgres and TypeORM, without a code, for a connection that is lost or unavailable. */
const lostConnection =
  /Connection terminated|Client has encountered a connection error|Connection ended unexpectedly|not queryable|Driver not Connected|Cannot use a pool after/i;

/**
 * Whether the connection of a transaction is lost. TypeORM releases the transaction's runner when its connection breaks,
 * also between two statements. The next one fails with the first error if the runner sends it (the COMMIT is one), and
 * with the second if it goes through the entity manager.
 */
const isLostTransaction = (error: unknown): boolean =>
  error instanceof QueryRunnerAlreadyReleasedError || error instanceof QueryRunnerProviderAlreadyReleasedError;

/** Whether the process has closed its connections, or has not opened them. */
const isNotConnected = (error: unknown): boolean =>
  error instanceof CannotExecuteNotConnectedError || error instanceof CannotGetEntityManagerNotConnectedError;

/** The message of node-postgres if all connections of the pool stay in use. */
const noneFree = 'timeout exceeded when trying to connect';

/** Messages of a standby, without a code of their own, for statements that it cannot run. */
const onlyOnPrimary = /during recovery|recovery is in progress/;

/** Messages of PgBouncer with 08P01 that only an operator can fix. Its other FATAL errors are temporary. */
const wrongForPooler =
  /startup parameter|authentication|password|no such user|no such database|does not exist|login rejected|SSL|TLS/i;

interface Failed {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly severity?: unknown;
  readonly driverError?: unknown;
  readonly errors?: unknown;
}

/**
 * Maps Postgres' error codes (appendix A of its manual) to a cause; null if the failure is not temporary.
 *
 * Class 08: connections; 53: resources; 57: shutdown or cancellation; 58: the server's system; 40: serialisation and
 * deadlock. 08P01 is a protocol violation of ours, unless a pooler closes a connection with it.
 */
function causeByCode(code: string, { message, severity }: Failed): CauseCode | null {
  if (code === '25006') return 'postgres_read_only';
  if (code === '53100') return 'postgres_full';
  if (code === '08P01') {
    const passes = severity === 'FATAL' && !wrongForPooler.test(String(message));
    return passes ? 'postgres_unreachable' : null;
  }
  if (networkCodes.has(code) || /^(08|57P|58)/.test(code)) return 'postgres_unreachable';
  if (/^(53|57|40)/.test(code)) return 'postgres_overloaded';
  return code === '25P03' || code === '25P04' || code === '55P03' ? 'postgres_overloaded' : null;
}

/** Maps messages without a code to a cause. */
function causeByMessage(message: string): CauseCode | null {
  if (onlyOnPrimary.test(message)) return 'postgres_read_only';
  if (message === noneFree) return 'postgres_overloaded';
  return lostConnection.test(message) ? 'postgres_unreachable' : null;
}

function causeOf(error: unknown): CauseCode | null {
  if (typeof error !== 'object' || error === null) return null;
  if (isLostTransaction(error) || isNotConnected(error)) return 'postgres_unreachable';
  const { code, message, driverError, errors } = error as Failed;
  for (const inner of [driverError, ...(Array.isArray(errors) ? (errors as unknown[]) : [])]) {
    const cause = inner === error ? null : causeOf(inner);
    if (cause !== null) return cause;
  }
  return (
    (typeof code === 'string' ? causeByCode(code, error) : null) ??
    (typeof message === 'string' ? causeByMessage(message) : null)
  );
}

/** Maps temporary failures of Postgres to `unavailable`, and a full disk to `insufficient_storage`. Returns other errors as is. */
export function asAppError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const causeCode = causeOf(error);
  if (causeCode === null) return error;
  if (causeCode === 'postgres_full') return AppError.of('insufficient_storage', { cause: error, causeCode });
  return AppError.of('unavailable', { cause: error, causeCode, retryAfterSeconds: 5 });
}

/** Codes of a connection that was open and is lost. A failure to open one says nothing about the others. */
const lostWhileOpen: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);
const lostMeanwhile = /Connection terminated(?! due to connection timeout)|not queryable/;

/**
 * Whether another server may be the primary after this failure. If so, the other connections of the process may lead to
 * the old one: a standby answers reads, and a host without power does not answer at all.
 */
export function mayHaveFailedOver(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  if (error.causeCode === 'postgres_read_only') return true;
  if (error.causeCode !== 'postgres_unreachable') return false;
  const { code, message } = error.cause as Failed;
  return (
    isLostTransaction(error.cause) ||
    lostWhileOpen.has(code) ||
    (typeof code === 'string' && /^(08|57P)/.test(code)) ||
    (typeof message === 'string' && lostMeanwhile.test(message))
  );
}

/** Whether a pooler shares connections: the statement is prepared here by another client (42P05), or elsewhere (26000). */
export function isStatementOfAnother(error: unknown): boolean {
  const { code } = (error ?? {}) as Failed;
  return code === '42P05' || code === '26000';
}

/** Whether a connection pooler that is not configured rejects our start-up parameters. */
export function isPoolerRefusal(error: unknown): boolean {
  const { code, message } = (error ?? {}) as Failed;
  return code === '08P01' && typeof message === 'string' && /unsupported startup parameter/.test(message);
}

interface Broken {
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly driverError?: Broken;
}

/** Whether a write violates this constraint: unique (23505) or foreign key (23503). */
export function breaksConstraint(error: unknown, constraint: string): boolean {
  const failed = error as Broken;
  const { code, constraint: broken } = failed.driverError ?? failed;
  return (code === '23505' || code === '23503') && broken === constraint;
}
