import { describe, expect, it } from '@jest/globals';
import { neverLeft, readRetryAfter } from './exchange.js';

const system = (code: string, syscall?: string): Error => Object.assign(new Error(code), { code, syscall });
const fetchFailed = (cause: unknown): Error => new TypeError('fetch failed', { cause });

describe('neverLeft', () => {
  it.each([
    ['a closed port', fetchFailed(system('ECONNREFUSED', 'connect'))],
    ['an unknown host', fetchFailed(system('ENOTFOUND', 'getaddrinfo'))],
    ['no answer to connecting', fetchFailed(system('ETIMEDOUT', 'connect'))],
    ["undici's connect timeout", fetchFailed(system('UND_ERR_CONNECT_TIMEOUT'))],
    ['a certificate for another host', fetchFailed(system('ERR_TLS_CERT_ALTNAME_INVALID'))],
    [
      'a closed port at every address of the host',
      fetchFailed(new AggregateError([system('ECONNREFUSED', 'connect'), system('ENETUNREACH', 'connect')])),
    ],
  ])('is true for %s', (_, error) => {
    expect(neverLeft(error)).toBe(true);
  });

  it.each([
    ['a connection that was reset', fetchFailed(system('ECONNRESET', 'read'))],
    ['a connection that timed out', fetchFailed(system('ETIMEDOUT', 'read'))],
    ['a closed socket', fetchFailed(system('UND_ERR_SOCKET'))],
    ['an abort', new DOMException('too late', 'TimeoutError')],
    [
      'one address that accepted it',
      fetchFailed(new AggregateError([system('ECONNREFUSED', 'connect'), system('EPIPE')])),
    ],
    ['no reason', fetchFailed(undefined)],
    ['no error', null],
  ])('is false for %s', (_, error) => {
    expect(neverLeft(error)).toBe(false);
  });
});

describe('readRetryAfter', () => {
  it.each([
    ['120', 120_000],
    [' 5 ', 5000],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 30_000],
    ['Wed, 21 Oct 2015 07:28:00 GMT', 0],
    ['-5', null],
    ['soon', null],
    ['', null],
    [null, null],
  ])('parses %j as %j ms', (header, expected) => {
    expect(readRetryAfter(header, Date.parse('2026-10-21T07:27:30Z'))).toBe(expected);
  });
});
