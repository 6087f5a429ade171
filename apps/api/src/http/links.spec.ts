import { describe, expect, it } from '@jest/globals';
import type { Response } from 'express';
import fc from 'fast-check';
import { Cursors, pageOf } from './links.js';

const refused = 'cursor must be one that a list has returned';

describe('Cursors of names', () => {
  const cursors = new Cursors('v1:', (name) => name !== '' && !name.includes('\0'));

  it('reads back every name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        fc.pre(!name.includes('\0'));
        expect(cursors.read(cursors.write(name))).toBe(name);
      }),
    );
  });

  it('starts at the beginning without a cursor', () => {
    expect(cursors.read(undefined)).toBeNull();
  });

  it.each(['', 'x', 'djE6', `${cursors.write('a')}=`, ` ${cursors.write('a')}`, cursors.write('a\0b'), 'djE6_w'])(
    'rejects %p',
    (text) => expect(() => cursors.read(text)).toThrow(refused),
  );

  it('rejects any text that is not a cursor', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!text.startsWith('djE6'));
        expect(() => cursors.read(text)).toThrow();
      }),
    );
  });
});

describe('Cursors of ids', () => {
  const cursors = new Cursors('a1:', (id) => /^\d{1,18}$/.test(id));

  it('reads back every id', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (id) => {
        expect(cursors.read(cursors.write(String(id)))).toBe(String(id));
      }),
    );
  });

  it.each(['', 'x', '12', Buffer.from('a1:1 OR 1=1').toString('base64url'), `${cursors.write('7')}=`])(
    'rejects %p',
    (text) => expect(() => cursors.read(text)).toThrow(refused),
  );
});

describe('pageOf', () => {
  function page(read: readonly string[]): { readonly items: readonly string[]; readonly link: string | undefined } {
    const headers = new Map<string, string>();
    const response = { setHeader: (name: string, value: string) => headers.set(name, value) } as unknown as Response;
    const list = {
      url: 'https://x/api/list',
      limit: 2,
      filter: [['partner', 'a b']] as const,
      cursorOf: (last: string) => last,
    };
    return { items: pageOf(response, read, list), link: headers.get('Link') };
  }

  it('links the next page behind the last item, with the same filter', () => {
    const link = '<https://x/api/list?limit=2&cursor=b&partner=a+b>; rel="next"';
    expect(page(['a', 'b', 'c'])).toEqual({ items: ['a', 'b'], link });
  });

  it.each([[[]], [['a']], [['a', 'b']]])('links nothing from the last page: %j', (read) => {
    expect(page(read)).toEqual({ items: read, link: undefined });
  });
});
