import { describe, expect, it } from '@jest/globals';
import { checkFields } from '../body/check-fields.js';
import { fieldsOf } from '../body/fields.js';
import { CreateKeyFields, readExpiry } from './admin-fields.js';

const now = new Date('2026-01-01T00:00:00Z');
const expiry = (expires_at: unknown): Date | null =>
  readExpiry(checkFields(CreateKeyFields, fieldsOf({ name: 'key', expires_at })), now);

describe('the expiry of a key', () => {
  it('is a time to come, or never', () => {
    expect(expiry('2026-01-01T00:00:01Z')).toEqual(new Date('2026-01-01T00:00:01Z'));
    expect(expiry('2026-01-01T01:00:00+00:30')).toEqual(new Date('2026-01-01T00:30:00Z'));
    for (const none of [undefined, null, '']) expect(expiry(none)).toBeNull();
  });

  it.each([
    '2026-01-01T00:00:00Z',
    '2025-01-01T00:00:00Z',
    '2027-13-01T00:00:00Z',
    '2027-01-01',
    'soon',
    1893456000,
    [],
  ])('is not %p', (text) => expect(() => expiry(text)).toThrow(/^expires_at must be a time to come/));
});
