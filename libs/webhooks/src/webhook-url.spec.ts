import { describe, expect, it } from '@jest/globals';
import { parseWebhookUrl } from './webhook-url.js';

const parse = (text: string, allowPrivate = false): string => parseWebhookUrl(text, { allowPrivate });

describe('parseWebhookUrl', () => {
  it('returns the normal form of a URL', () => {
    expect(parse('https://Example.com:443/a b?c=d')).toBe('https://example.com/a%20b?c=d');
    expect(parse('http://8.8.8.8:8080')).toBe('http://8.8.8.8:8080/');
    expect(parse('https://bücher.example/')).toBe('https://xn--bcher-kva.example/');
  });

  it.each(['', 'example.com', '/hook', 'ftp://example.com/', 'file:///etc/passwd', 'https://', 'https://a:99999/'])(
    'refuses %j, which is no URL of HTTP',
    (text) => expect(() => parse(text)).toThrow('url must be an absolute URL that starts with https:// or http://'),
  );

  it.each(['https://user@example.com/', 'https://:secret@example.com/', 'https://example.com/#part'])(
    'refuses %s, because of its user name, password or fragment',
    (text) => expect(() => parse(text)).toThrow('url must have no user name, no password and no fragment'),
  );

  it.each([
    'http://127.0.0.1/',
    'http://127.1:8080/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://127.0.0.1./',
    'http://１２７.0.0.1/',
    'http://0/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[fd00:ec2::254]/',
  ])('refuses %s, which contains a private address, unless they are allowed', (text) => {
    expect(() => parse(text)).toThrow('url must not contain a private address');
    expect(parse(text, true)).toBe(new URL(text).href);
  });
});
