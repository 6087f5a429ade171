import { describe, expect, it } from '@jest/globals';
import { fieldsOf } from '../body/fields.js';
import { FieldsPipe } from '../body/fields.pipe.js';
import { CreateKeyDto, readExpiry } from './partners.dto.js';

const now = Date.parse('2026-01-01T00:00:00Z');

async function expiry(expires_at: unknown): Promise<Date | null> {
  const fields = fieldsOf({ name: 'key', expires_at });
  const key = await new FieldsPipe().transform(fields, { type: 'body', metatype: CreateKeyDto });
  return readExpiry(key as CreateKeyDto, now);
}

describe('readExpiry', () => {
  it('returns a time to come, or null for never', async () => {
    expect(await expiry('2026-01-01T00:00:01Z')).toEqual(new Date('2026-01-01T00:00:01Z'));
    expect(await expiry('2026-01-01T01:00:00+00:30')).toEqual(new Date('2026-01-01T00:30:00Z'));
    for (const none of [undefined, null]) expect(await expiry(none)).toBeNull();
  });

  it.each([
    '',
    '2026-01-01T00:00:00Z',
    '2025-01-01T00:00:00Z',
    '2027-13-01T00:00:00Z',
    '2027-01-01',
    'soon',
    '',
    1893456000,
    [],
  ])('rejects %p', async (text) => {
    await expect(expiry(text)).rejects.toThrow(/^expires_at must be a time to come/);
  });
});

describe('CreateKeyDto', () => {
  it.each([[null], [''], [[]], [['read', 'read']], [['admin']]])('rejects the scopes %j', async (scopes) => {
    const fields = fieldsOf({ name: 'key', scopes });
    const transformed = new FieldsPipe().transform(fields, { type: 'body', metatype: CreateKeyDto });
    await expect(transformed).rejects.toThrow(/^scopes must be a list of read and write/);
  });
});
