import { beforeAll, describe, expect, it } from '@jest/globals';
import { Contract } from '../../support/openapi-client.js';
import { sharedStack, type TestPartner } from '../../support/shared-stack.js';

let contract: Contract;
let partner: TestPartner;
beforeAll(async () => {
  contract = new Contract(sharedStack());
  partner = await contract.partner();
});

async function newKey(fields: Readonly<Record<string, unknown>>): Promise<string> {
  const made = await contract.admin.post<{ key: string }>(`/admin/partners/${partner.name}/keys`, fields);
  expect(made.status).toBe(201);
  return made.body.key;
}

const ownerOf = async (key: string): Promise<unknown> => (await contract.client(key).get('/key')).body;

describe('GET /key', () => {
  it('answers the partner, the name, the scopes and the end of a key', async () => {
    const [whole, reader] = [
      await newKey({ name: 'production' }),
      await newKey({ name: 'Zoë’s laptop', scopes: ['read'], expires_at: '2099-01-31T00:00:00Z' }),
    ];
    expect(await ownerOf(whole)).toEqual({
      partner: partner.name,
      name: 'production',
      scopes: ['read', 'write'],
      is_admin: false,
      expires_at: null,
    });
    expect(await ownerOf(reader)).toEqual({
      partner: partner.name,
      name: 'Zoë’s laptop',
      scopes: ['read'],
      is_admin: false,
      expires_at: '2099-01-31T00:00:00Z',
    });
    expect((await contract.client(reader).fetch('/key', { method: 'HEAD' })).status).toBe(200);
  });

  it('answers that an admin key belongs to no partner', async () => {
    expect((await contract.admin.get('/key')).body).toEqual({
      partner: null,
      name: null,
      scopes: ['read', 'write'],
      is_admin: true,
      expires_at: null,
    });
  });
});
