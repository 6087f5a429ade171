import contentDisposition from 'content-disposition';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { attachmentDisposition } from './attachment-disposition.js';

describe('attachmentDisposition', () => {
  it('writes plain names plainly and others in UTF-8 with a fallback in ASCII', () => {
    expect(attachmentDisposition('speaker-1-kyutai.zip')).toBe('attachment; filename="speaker-1-kyutai.zip"');
    expect(attachmentDisposition('Zoë 日本.zip')).toBe(
      `attachment; filename="Zo? ??.zip"; filename*=UTF-8''Zo%C3%AB%20%E6%97%A5%E6%9C%AC.zip`,
    );
  });

  it('is printable ASCII that any parser reads back, for every name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const header = attachmentDisposition(`${text}.zip`);
        expect(header).toMatch(/^[\x20-\x7e]+$/);
        expect(contentDisposition.parse(header).parameters['filename']).toMatch(/\.zip$/);
      }),
    );
  });
});
