import { describe, expect, it } from '@jest/globals';
import { basicPassword } from './basic-password.js';

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('basicPassword', () => {
  it.each([
    ['admin:secret', 'secret'],
    [':secret', 'secret'],
    ['admin:with:colons:', 'with:colons:'],
    ['ü:pässwörd', 'pässwörd'],
    ['admin:', ''],
  ])('of %s is %s', (pair, password) => {
    expect(basicPassword(basic(pair))).toBe(password);
    expect(basicPassword(basic(pair).replace('Basic', 'bAsIc '))).toBe(password);
  });

  it.each([undefined, '', 'Basic', 'Basic !!', basic('without a colon'), 'Bearer YTpi', `x ${basic('a:b')}`])(
    'takes %s for none',
    (header) => {
      expect(basicPassword(header)).toBeUndefined();
    },
  );
});
