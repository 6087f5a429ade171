import { describe, expect, it } from '@jest/globals';
import { basicPassword, sentKey } from './credentials.js';

describe('sentKey', () => {
  it('prefers the header to the query', () => {
    expect(sentKey({ headers: { 'x-api-key': 'h' }, query: { api_key: 'q' } })).toBe('h');
    expect(sentKey({ headers: {}, query: { api_key: 'q' } })).toBe('q');
    expect(sentKey({ headers: {}, query: {} })).toBeUndefined();
  });

  it('reads a bearer token where the route accepts one, after X-Api-Key and before the query', () => {
    const authorization = 'bearer  b.1_2-~+/= ';
    expect(sentKey({ headers: { authorization }, query: { api_key: 'q' } }, { asBearer: true })).toBe('b.1_2-~+/=');
    expect(sentKey({ headers: { authorization, 'x-api-key': 'h' }, query: {} }, { asBearer: true })).toBe('h');
    expect(sentKey({ headers: { authorization }, query: {} })).toBeUndefined();
    for (const other of ['Basic b', 'Bearer', 'Bearer a b', 'b']) {
      expect(sentKey({ headers: { authorization: other }, query: { api_key: 'q' } }, { asBearer: true })).toBe('q');
    }
  });

  it('ignores a key that was given twice', () => {
    expect(sentKey({ headers: {}, query: { api_key: ['a', 'b'] } })).toBeUndefined();
  });
});

describe('basicPassword', () => {
  const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

  it.each([
    ['admin:secret', 'secret'],
    [':secret', 'secret'],
    ['admin:with:colons:', 'with:colons:'],
    ['ü:pässwörd', 'pässwörd'],
    ['admin:', ''],
  ])('returns the password of %s', (pair, password) => {
    expect(basicPassword(basic(pair))).toBe(password);
    expect(basicPassword(basic(pair).replace('Basic', 'bAsIc '))).toBe(password);
  });

  it.each([undefined, '', 'Basic', 'Basic !!', basic('without a colon'), 'Bearer YTpi', `x ${basic('a:b')}`])(
    'returns undefined for %s',
    (header) => {
      expect(basicPassword(header)).toBeUndefined();
    },
  );
});
