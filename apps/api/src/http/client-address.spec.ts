import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clientAddress, clientNetwork } from './client-address.js';

const socket = { remoteAddress: '10.0.0.9' } as IncomingMessage['socket'];

describe('clientAddress', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8::1', '2001:db8::1'],
    ['x'.repeat(8000), '10.0.0.9'],
    [undefined, '10.0.0.9'],
  ])('returns %s → %s', (ip, address) => expect(clientAddress({ ip, socket })).toBe(address));
});

describe('clientNetwork', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:ffff::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
    ['unknown', 'unknown'],
  ])('returns %s → %s', (address, network) => {
    expect(clientNetwork(address)).toBe(network);
  });

  it('is equal for two addresses exactly if their first 64 bits are equal', () => {
    const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
    const written = (parts: readonly number[]): string => parts.map((part) => part.toString(16)).join(':');
    fc.assert(
      fc.property(groups, groups, (one, other) => {
        const neighbour = [...one.slice(0, 4), ...other.slice(4)];
        fc.pre(one.slice(0, 4).some((part) => part !== 0)); // ::ffff:0:0/96 is IPv4
        expect(clientNetwork(written(neighbour))).toBe(clientNetwork(written(one)));
        const elsewhere = [...one.slice(0, 3), (one[3] ?? 0) ^ 1, ...one.slice(4)];
        expect(clientNetwork(written(elsewhere))).not.toBe(clientNetwork(written(one)));
      }),
    );
  });
});
