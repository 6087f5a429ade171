import { describe, expect, it } from '@jest/globals';
import { CliFailure } from '../failure.js';
import { chooseConnection, originOf } from './choose-connection.js';

const profile = { url: 'https://a.example', key: 'stored' };
const nothing = { url: undefined, key: undefined };

function failureOf(run: () => unknown): { exitCode: number; message: string } | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof CliFailure) return { exitCode: error.exitCode, message: error.message };
  }
  return undefined;
}

describe('originOf', () => {
  it.each([
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://localhost:8080/', 'http://localhost:8080'],
    ['http://localhost:8080/api', 'http://localhost:8080'],
    ['https://example.com/timbre/api/', 'https://example.com/timbre'],
  ])('of %s is %s', (url, origin) => {
    expect(originOf(url)).toBe(origin);
  });

  it.each(['localhost', 'localhost:8080', 'ftp://a', 'http://user@a', 'http://a?api_key=k'])('refuses %s', (url) => {
    expect(failureOf(() => originOf(url))?.exitCode).toBe(2);
  });
});

describe('chooseConnection', () => {
  it('prefers options to variables, and variables to what is stored', () => {
    const options = { url: 'https://b.example', key: 'option' };
    const variables = { url: 'https://c.example', key: 'variable' };
    expect(chooseConnection([options, variables], profile)).toEqual({ origin: 'https://b.example', key: 'option' });
    expect(chooseConnection([nothing, variables], profile)).toEqual({ origin: 'https://c.example', key: 'variable' });
    expect(chooseConnection([nothing, nothing], profile)).toEqual({ origin: 'https://a.example', key: 'stored' });
  });

  it('uses the stored address with another key', () => {
    expect(chooseConnection([{ ...nothing, key: 'other' }], profile).origin).toBe('https://a.example');
  });

  it('sends a stored key to no other address', () => {
    expect(chooseConnection([{ ...nothing, url: 'https://a.example/api' }], profile).key).toBe('stored');
    const elsewhere = failureOf(() => chooseConnection([{ ...nothing, url: 'https://b.example' }], profile));
    expect(elsewhere).toEqual({ exitCode: 4, message: expect.stringMatching(/not signed in at https:\/\/b\.example/) });
  });

  it('has no key without a profile', () => {
    expect(failureOf(() => chooseConnection([nothing], undefined))?.exitCode).toBe(4);
  });
});
