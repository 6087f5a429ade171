import { describe, expect, it } from '@jest/globals';
import {
  CannotExecuteNotConnectedError,
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
} from 'typeorm';
import { AppError, isAppError } from '#libs/errors';
import { asAppError, breaksConstraint, mayHaveFailedOver } from './connection-failure.js';

const coded = (code: string, more: object = {}): Error => Object.assign(new Error(`pg: ${code}`), { code, ...more });
/** A failure as TypeORM hands it on. */
const failedQuery = (cause: Error): QueryFailedError => new QueryFailedError('SELECT 1', [], cause);

function codeOf(error: unknown): string | null {
  const mapped = asAppError(error);
  return mapped instanceof AppError ? mapped.code : null;
}

/** What PgBouncer says: always 08P01. */
const ofPooler = (message: string): Error => Object.assign(new Error(message), { code: '08P01', severity: 'FATAL' });

describe('asAppError', () => {
  it.each([
    ['ECONNREFUSED', 'postgres_unreachable'],
    ['ECONNRESET', 'postgres_unreachable'],
    ['ENOTFOUND', 'postgres_unreachable'],
    ['ETIMEDOUT', 'postgres_unreachable'],
    ['EMFILE', 'postgres_unreachable'],
    ['08006', 'postgres_unreachable'], // connection_failure
    ['57P01', 'postgres_unreachable'], // admin_shutdown
    ['57P03', 'postgres_unreachable'], // cannot_connect_now
    ['58030', 'postgres_unreachable'], // io_error
    ['25006', 'postgres_read_only'], // read_only_sql_transaction
    ['53300', 'postgres_overloaded'], // too_many_connections
    ['57014', 'postgres_overloaded'], // query_canceled: the statement time-out
    ['25P03', 'postgres_overloaded'], // idle_in_transaction_session_timeout
    ['55P03', 'postgres_overloaded'], // lock_not_available
    ['40001', 'postgres_overloaded'], // serialization_failure
    ['40P01', 'postgres_overloaded'], // deadlock_detected
  ])('maps %s to unavailable with the cause %s and a Retry-After, from pg and from TypeORM', (code, causeCode) => {
    const cause = coded(code);
    expect(codeOf(cause)).toBe('unavailable');
    expect(codeOf(failedQuery(cause))).toBe('unavailable');
    expect(asAppError(cause)).toMatchObject({ cause, causeCode, retryAfterSeconds: 5, retryable: true });
  });

  it.each(['query_wait_timeout', 'server login has been failing, try again later (server_login_retry)'])(
    'makes "%s" of a connection pooler unavailable',
    (message) => {
      expect(asAppError(ofPooler(message))).toMatchObject({ code: 'unavailable', causeCode: 'postgres_unreachable' });
    },
  );

  it.each([
    'unsupported startup parameter: statement_timeout',
    'database "none" does not exist',
    '"trust" authentication failed',
  ])('returns the permanent failure "%s" of a pooler as is', (message) => {
    const error = ofPooler(message);
    expect(asAppError(error)).toBe(error);
  });

  it('recognises a standby by its messages', () => {
    const error = coded('XX000');
    error.message = 'cannot assign TransactionIds during recovery';
    expect(asAppError(error)).toMatchObject({ code: 'unavailable', causeCode: 'postgres_read_only' });
  });

  it.each([
    'timeout exceeded when trying to connect',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Client has encountered a connection error and is not queryable',
    'Driver not Connected',
  ])('maps "%s", which has no code, to unavailable', (message) => {
    expect(codeOf(new Error(message))).toBe('unavailable');
  });

  it('maps the errors of TypeORM for a lost or closed connection to unavailable', () => {
    expect(codeOf(new QueryRunnerAlreadyReleasedError())).toBe('unavailable');
    expect(codeOf(new QueryRunnerProviderAlreadyReleasedError())).toBe('unavailable');
    expect(codeOf(new CannotExecuteNotConnectedError())).toBe('unavailable');
  });

  it('maps a host of which every address fails to unavailable', () => {
    expect(codeOf(new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]))).toBe('unavailable');
  });

  it('maps a full disk to insufficient storage, from pg and from TypeORM', () => {
    expect(asAppError(coded('53100'))).toMatchObject({ code: 'insufficient_storage', causeCode: 'postgres_full' });
    expect(codeOf(failedQuery(coded('53100')))).toBe('insufficient_storage');
  });

  it.each([
    ['a unique violation', coded('23505')],
    ['a syntax error', coded('42601')],
    ['a statement with too many parameters', coded('08P01')],
    ['a bad value', coded('22P02')],
    ['a defect', new TypeError('x is not a function')],
    ['a missing file', coded('ENOENT')],
    ['a string', 'no'],
    ['null', null],
    ['nothing', undefined],
  ])('returns %s as is', (_name, error) => {
    expect(asAppError(error)).toBe(error);
  });

  it('returns an AppError as is, whatever its cause', () => {
    const ours = AppError.of('voice_locked', { cause: coded('ECONNREFUSED') });
    expect(asAppError(ours)).toBe(ours);
    expect(isAppError(asAppError(ours), 'voice_locked')).toBe(true);
  });
});

describe('mayHaveFailedOver', () => {
  const holds = (error: Error): boolean => mayHaveFailedOver(asAppError(error));

  it.each([
    ['a read-only server', failedQuery(coded('25006'))],
    ['a server that shuts down', coded('57P01')],
    ['a connection that was reset', coded('ECONNRESET')],
    ['a link that is dead in silence', coded('ETIMEDOUT')],
    ['a connection that ended', new Error('Connection terminated unexpectedly')],
    ['a transaction whose connection broke', new QueryRunnerAlreadyReleasedError()],
    ['its entity manager', new QueryRunnerProviderAlreadyReleasedError()],
  ])('is true for %s', (_name, error) => expect(holds(error)).toBe(true));

  it.each([
    ['a server that takes no more connections', coded('53300')],
    ['a connection that cannot be opened', coded('ECONNREFUSED')],
    ['a connection that takes too long', new Error('Connection terminated due to connection timeout')],
    ['a busy pool', new Error('timeout exceeded when trying to connect')],
    ['a statement that takes too long', coded('57014')],
    ['a full disk', coded('53100')],
    ['a process that has closed its connections', new CannotExecuteNotConnectedError()],
    ['a defect', new TypeError('x is not a function')],
  ])('is false for %s', (_name, error) => expect(holds(error)).toBe(false));
});

describe('breaksConstraint', () => {
  it('recognises the constraint that a write violates', () => {
    const error = failedQuery(coded('23505', { constraint: 'voices_partner_id_name_unique' }));
    expect(breaksConstraint(error, 'voices_partner_id_name_unique')).toBe(true);
    expect(breaksConstraint(error, 'jobs_active_unique')).toBe(false);
    const plain = coded('23505', { constraint: 'voices_partner_id_name_unique' });
    expect(breaksConstraint(plain, 'voices_partner_id_name_unique')).toBe(true);
    expect(
      breaksConstraint(
        failedQuery(coded('23514', { constraint: 'voices_partner_id_name_unique' })),
        'voices_partner_id_name_unique',
      ),
    ).toBe(false);
    expect(breaksConstraint(AppError.of('voice_locked'), 'voices_partner_id_name_unique')).toBe(false);
  });
});
