import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { clientAddress } from './client-address.js';

const socket = { remoteAddress: '10.0.0.9' } as IncomingMessage['socket'];

describe('clientAddress', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8::1', '2001:db8::1'],
    ['x'.repeat(8000), '10.0.0.9'],
    [undefined, '10.0.0.9'],
  ])('of %s is %s', (ip, address) => expect(clientAddress({ ip, socket })).toBe(address));
});
