import { describe, expect, it } from '@jest/globals';
import { parseTrustedProxies } from './trusted-proxies.js';

describe('parseTrustedProxies', () => {
  it.each([
    [undefined, false],
    ['0', false],
    ['2', 2],
    ['10.0.0.0/8, loopback,2001:db8::/32,192.0.2.1', ['10.0.0.0/8', 'loopback', '2001:db8::/32', '192.0.2.1']],
  ])('reads %s as %j', (text, trusted) => expect(parseTrustedProxies(text)).toEqual(trusted));

  it.each(['true', '-1', '10.0.0.0/33', '10.0.0.0/0', 'proxy.example.com', '10.0.0.1/8/8', '1,'])(
    'rejects %s',
    (text) => expect(() => parseTrustedProxies(text)).toThrow('must be a number of proxies'),
  );
});
