import contentDisposition from 'content-disposition';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signedDisposition } from './signed-disposition.js';

describe('signedDisposition', () => {
  it('writes an ASCII name as it is, and any other in UTF-8 with an ASCII fallback', () => {
    expect(signedDisposition('speaker-1-kyutai.zip')).toBe('attachment; filename="speaker-1-kyutai.zip"');
    expect(signedDisposition('Zoë 日本.zip')).toBe(
      `attachment; filename="Zo? ??.zip"; filename*=UTF-8''Zo%C3%AB%20%E6%97%A5%E6%9C%AC.zip`,
    );
  });

  it('asks a browser to show the file if it is inline', () => {
    expect(signedDisposition('a.opus', true)).toBe('inline; filename="a.opus"');
  });

  it('returns printable ASCII that a parser can read, for every name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const header = signedDisposition(`${text}.zip`);
        expect(header).toMatch(/^[\x20-\x7e]+$/);
        expect(contentDisposition.parse(header).parameters['filename']).toMatch(/\.zip$/);
      }),
    );
  });
});
