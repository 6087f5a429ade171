import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readAuditCursor, writeAuditCursor } from './audit-cursor.js';

describe('a cursor of the audit log', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (id) => {
        expect(readAuditCursor(writeAuditCursor(String(id)))).toBe(String(id));
      }),
    );
  });

  it.each(['', 'x', '12', Buffer.from('a1:1 OR 1=1').toString('base64url'), `${writeAuditCursor('7')}=`])(
    'is not %p',
    (text) => expect(() => readAuditCursor(text)).toThrow('cursor must be one that a list has returned'),
  );
});
