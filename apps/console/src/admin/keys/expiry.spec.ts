import { describe, expect, it } from '@jest/globals';
import { expiryOf } from './expiry.js';

const now = Date.parse('2026-11-30T12:00:00.123Z');

describe('expiryOf', () => {
  it('is null for a key that never expires', () => {
    expect(expiryOf('never', '', now)).toBeNull();
  });

  it('counts days from now, in whole seconds', () => {
    expect(expiryOf('30', '', now)).toBe('2026-12-30T12:00:00Z');
  });

  it('is the end of a chosen day', () => {
    const expiry = new Date(expiryOf('date', '2027-01-31', now) ?? 0);
    expect([expiry.getFullYear(), expiry.getMonth(), expiry.getDate()]).toEqual([2027, 0, 31]);
    expect([expiry.getHours(), expiry.getMinutes(), expiry.getSeconds()]).toEqual([23, 59, 59]);
  });

  it.each(['', 'soon', '2026-11-29'])('refuses the date "%s"', (date) => {
    expect(expiryOf('date', date, now)).toBeUndefined();
  });
});
