import { beforeAll, describe, expect, it } from '@jest/globals';
import { Contract } from '../../support/openapi-client.js';
import type { Operation } from '../../support/openapi.js';
import { sharedStack, type TestPartner } from '../../support/shared-stack.js';
import { ask, pathOf } from './asking.js';
import { forgetFailedAuthentications } from './failed-authentications.js';
import { emptyVoice, said } from './made-voices.js';
import { sql } from './sql.js';

let contract: Contract;
let partner: TestPartner;
let other: TestPartner;

beforeAll(async () => {
  contract = new Contract(sharedStack());
  [partner, other] = await Promise.all([contract.partner(), contract.partner()]);
  await emptyVoice(partner, 'sampled');
});

const keyed = (): readonly Operation[] => contract.recorder.description.operations.filter(({ isOpen }) => !isOpen);

async function newKey(expiresAt?: string): Promise<{ id: string; key: string }> {
  const fields = { name: 'test', ...(expiresAt === undefined ? {} : { expires_at: expiresAt }) };
  const made = await contract.admin.post<{ id: string; key: string }>(`/admin/partners/${partner.name}/keys`, fields);
  return made.body;
}

describe('authorisation', () => {
  const unauthorised = { status: 401, detail: 'Invalid API key' };

  it.each([
    ['no key', () => undefined],
    ['a wrong key', () => 'tk_abcdefghijklmnop_0123456789012345678901234567890123456789012'],
    ['a revoked key', () => revoked],
    ['an expired key', () => expired],
    ["another partner's key id with the caller's own secret", () => other.key.slice(0, 20) + partner.key.slice(20)],
  ])('returns 401 for %s on every route that needs a key', async (_what, key) => {
    const client = contract.client(key());
    for (const [at, operation] of keyed().entries()) {
      if (at % 5 === 0) await forgetFailedAuthentications(contract.stack); // other files fail meanwhile, from the same address
      const init = operation.bodyTypes.length > 0 ? { body: new URLSearchParams({ name: 'x' }) } : {};
      expect(said(await ask(client, operation.method, pathOf(operation, partner), init))).toEqual(unauthorised);
    }
    await forgetFailedAuthentications(contract.stack);
  });
  let revoked: string;
  let expired: string;
  beforeAll(async () => {
    const [gone, old] = await Promise.all([newKey(), newKey('2099-01-01T00:00:00Z')]);
    await contract.admin.delete(`/admin/keys/${gone.id}`);
    await sql(contract.stack, `UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = $1`, [old.id]);
    [revoked, expired] = [gone.key, old.key];
  });

  it("returns 403 for another partner's key, whether or not partner and voice exist", async () => {
    const forbidden = { status: 403, detail: 'Access denied' };
    // The other routes serve whom the key belongs to.
    for (const operation of keyed().filter(({ id }) => id !== 'listAudioVoices' && id !== 'getKey')) {
      const places = operation.template.startsWith('/api/admin')
        ? [{}]
        : [{}, { voice: 'nothing' }, { partner: 'nobody-here' }, { partner: 'No Such Name' }];
      for (const place of places) {
        const answer = await ask(other.http, operation.method, pathOf(operation, partner, place));
        expect([operation.id, place, said(answer)]).toEqual([operation.id, place, forbidden]);
      }
    }
  });

  it('returns 403 for an admin key where only the key says which partner is meant', async () => {
    expect(said(await contract.admin.get('/v1/audio/voices'))).toEqual({ status: 403, detail: 'Access denied' });
  });

  it('returns 403 for a key without the scope read that asks whom it belongs to', async () => {
    const fields = { name: 'writer', scopes: ['write'] };
    const made = await contract.admin.post<{ key: string }>(`/admin/partners/${partner.name}/keys`, fields);
    const lacks = { status: 403, detail: 'The API key lacks the scope "read"' };
    expect(said(await contract.client(made.body.key).get('/key'))).toEqual(lacks);
  });

  it('allows an admin key for every partner', async () => {
    expect((await contract.admin.get(partner.route('sampled'))).status).toBe(200);
  });

  it('returns 403 for an invalid signed URL', async () => {
    const denied = { status: 403, detail: 'Access denied' };
    for (const token of ['x', '1.e30.e30', 'a.b.c.d']) {
      expect(said(await contract.client().get(`/objects/${token}`))).toEqual(denied);
      expect(said(await contract.client().put(`/objects/${token}`, 'x'))).toEqual(denied);
    }
  });
});

describe('coverage of openapi.json by the tests above', () => {
  it('includes every documented 401 and 403', () => {
    expect(contract.recorder.unseen((status) => status === 401 || status === 403)).toEqual([]);
  });
});
