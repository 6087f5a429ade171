import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../../test/support/any-text.js';
import { isAppError } from '#libs/errors';
import { signObjectToken, verifyObjectToken, type ObjectGrant } from './object-token.js';

const secrets = ['new secret', 'old secret'];
const expiresAtSeconds = 1_900_000_000;

const grants: fc.Arbitrary<ObjectGrant> = fc.oneof(
  fc.record({
    method: fc.constant('GET' as const),
    key: fc.string(),
    expiresAtSeconds: fc.constant(expiresAtSeconds),
    contentType: fc.option(fc.string()),
    downloadName: fc.option(fc.string({ unit: 'grapheme', maxLength: 100 })),
    inline: fc.boolean(),
  }),
  fc.record({
    method: fc.constant('PUT' as const),
    key: fc.string(),
    expiresAtSeconds: fc.constant(expiresAtSeconds),
    contentType: fc.string(),
    maxBytes: fc.nat(),
  }),
);

const denied = (token: string, nowSeconds = 0, keys: readonly string[] = secrets): boolean => {
  try {
    verifyObjectToken(token, nowSeconds, keys);
    return false;
  } catch (error) {
    return isAppError(error, 'access_denied');
  }
};

describe('object tokens', () => {
  it('decode to the grant they were made of', () => {
    fc.assert(
      fc.property(grants, (grant) => {
        const token = signObjectToken(grant, secrets);
        expect(token).toMatch(/^[A-Za-z0-9._-]+$/);
        expect(verifyObjectToken(token, expiresAtSeconds, secrets)).toEqual(grant);
      }),
    );
  });

  it('are the same as those of earlier releases, except for inline ones', () => {
    const fields = { method: 'GET', key: 'a', expiresAtSeconds, contentType: 'b/c', downloadName: 'd' } as const;
    const payloadOf = (inline: boolean): unknown => {
      const [, payload = ''] = signObjectToken({ ...fields, inline }, secrets).split('.');
      return JSON.parse(Buffer.from(payload, 'base64url').toString());
    };
    expect(payloadOf(false)).toEqual(['GET', 'a', expiresAtSeconds, 'b/c', 'd']);
    expect(payloadOf(true)).toEqual(['GET', 'a', expiresAtSeconds, 'b/c', 'd', 'inline']);
  });

  it('are rejected with any bit flipped', () => {
    fc.assert(
      fc.property(grants, fc.nat(), fc.nat(7), (grant, at, bit) => {
        const bytes = Buffer.from(signObjectToken(grant, secrets), 'latin1');
        const index = at % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(index) ^ (1 << bit), index);
        expect(denied(bytes.toString('latin1'))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('have only one valid spelling: the spare bits of the last character count', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const grant: ObjectGrant = {
      method: 'GET',
      key: 'a',
      expiresAtSeconds,
      contentType: null,
      downloadName: null,
      inline: false,
    };
    const token = signObjectToken(grant, secrets);
    const last = token.slice(-1);
    const others = [...alphabet].filter((character) => character !== last);
    expect(others.filter((character) => !denied(token.slice(0, -1) + character))).toEqual([]);
    expect([`${token}=`, ` ${token}`, `${token}.`].filter((spelling) => !denied(spelling))).toEqual([]);
  });

  it('expire', () => {
    const grant: ObjectGrant = { method: 'PUT', key: 'a', expiresAtSeconds, contentType: 'a/b', maxBytes: 1 };
    const token = signObjectToken(grant, secrets);
    expect([denied(token, expiresAtSeconds), denied(token, expiresAtSeconds + 1), denied(token, NaN)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('stay valid after a rotation until their secret is removed', () => {
    const grant: ObjectGrant = { method: 'PUT', key: 'a', expiresAtSeconds, contentType: 'a/b', maxBytes: 1 };
    const token = signObjectToken(grant, ['old secret']);
    expect(denied(token, 0, ['new secret', 'old secret'])).toBe(false);
    expect(denied(token, 0, ['new secret'])).toBe(true);
    expect(denied(token, 0, [])).toBe(true);
  });

  it('throw only access_denied for garbage', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), anyText(), fc.base64String()), (text) => {
        expect([text, `1.${text}`, `1.${text}.${text}`].filter((token) => !denied(token))).toEqual([]);
      }),
    );
    expect(denied('1.'.padEnd(10_000_000, 'A'))).toBe(true);
  });

  it('are rejected if signed but not understood', () => {
    const signed = (body: string): string =>
      `${body}.${createHmac('sha256', 'new secret').update(`timbre-object-token:${body}`).digest('base64url')}`;
    const payload = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const good = payload(['GET', 'a', expiresAtSeconds, null, null]);
    expect(denied(signed(`1.${good}`))).toBe(false);
    expect(denied(signed(`1.${payload(['GET', 'a', expiresAtSeconds, null, null, 'inline'])}`))).toBe(false);
    const strange = [
      `2.${good}`,
      good,
      '1.',
      `1.${payload({})}`,
      `1.${payload(['DELETE', 'a', expiresAtSeconds, null, null])}`,
      `1.${payload(['PUT', 'a', expiresAtSeconds, null, 5])}`,
      `1.${payload(['GET', 'a', null, null, null])}`,
      `1.${payload(['GET', 'a', expiresAtSeconds, null, null, 'more'])}`,
      `1.${payload(['GET', 'a', expiresAtSeconds, null, null, 'inline', 'more'])}`,
      `1.${payload(['PUT', 'a', expiresAtSeconds, 'a/b', 5, 'inline'])}`,
    ];
    expect(strange.filter((body) => !denied(signed(body)))).toEqual([]);
  });

  it('cannot be signed without a secret', () => {
    const grant: ObjectGrant = {
      method: 'GET',
      key: 'a',
      expiresAtSeconds,
      contentType: null,
      downloadName: null,
      inline: false,
    };
    expect(() => signObjectToken(grant, [])).toThrow(TypeError);
    expect(() => signObjectToken(grant, [''])).toThrow(TypeError);
  });
});
