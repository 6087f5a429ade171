import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { AppError, isAppError } from '#libs/errors';
import { asAppError, breaksConstraint } from './connection-failure.js';

const coded = (code: string, more: object = {}): Error => Object.assign(new Error(`pg: ${code}`), { code, ...more });
/** A failure as TypeORM hands it on. */
const failedQuery = (cause: Error): QueryFailedError => new QueryFailedError('SELECT 1', [], cause);

function codeOf(error: unknown): string | null {
  const mapped = asAppError(error);
  return mapped instanceof AppError ? mapped.code : null;
}

describe('asAppError', () => {
  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOTFOUND',
    'ETIMEDOUT',
    '08006', // connection_failure
    '53300', // too_many_connections
    '57P01', // admin_shutdown
    '57P03', // cannot_connect_now
    '57014', // query_canceled: the statement time-out
    '25P03', // idle_in_transaction_session_timeout
    '40001', // serialization_failure
    '40P01', // deadlock_detected
  ])('tells %s as unavailable, bare and from TypeORM, with its cause and a Retry-After', (code) => {
    const cause = coded(code);
    expect(codeOf(cause)).toBe('unavailable');
    expect(codeOf(failedQuery(cause))).toBe('unavailable');
    expect(asAppError(cause)).toMatchObject({ cause, retryAfterSeconds: 5, retryable: true });
  });

  it.each([
    'timeout exceeded when trying to connect',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Client has encountered a connection error and is not queryable',
    'Driver not Connected',
    'Query runner already released. Cannot run queries anymore.',
  ])('tells "%s", which has no code, as unavailable', (message) => {
    expect(codeOf(new Error(message))).toBe('unavailable');
  });

  it('tells a host whose every address fails as unavailable', () => {
    expect(codeOf(new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]))).toBe('unavailable');
  });

  it('tells a full disk as insufficient storage, bare and from TypeORM', () => {
    expect(codeOf(coded('53100'))).toBe('insufficient_storage');
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
  ])('hands %s on as it is', (_name, error) => {
    expect(asAppError(error)).toBe(error);
  });

  it('hands our own errors on as they are, whatever caused them', () => {
    const ours = AppError.of('voice_locked', { cause: coded('ECONNREFUSED') });
    expect(asAppError(ours)).toBe(ours);
    expect(isAppError(asAppError(ours), 'voice_locked')).toBe(true);
  });
});

describe('breaksConstraint', () => {
  it('knows the constraint a write broke', () => {
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
