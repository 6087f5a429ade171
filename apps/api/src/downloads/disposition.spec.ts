import contentDisposition from 'content-disposition';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { disposition } from './disposition.js';

describe('disposition', () => {
  it('writes plain names plainly and others in UTF-8 with a fallback (RFC 6266)', () => {
    expect(disposition('a-samples.zip')).toBe('attachment; filename="a-samples.zip"');
    expect(disposition('ü 日本.opus')).toBe(
      `attachment; filename="ü ??.opus"; filename*=UTF-8''%C3%BC%20%E6%97%A5%E6%9C%AC.opus`,
    );
    expect(disposition('a"b.zip')).toBe('attachment; filename="a\\"b.zip"');
  });

  it('is a header any parser reads back, for every name a voice can have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
        const header = disposition(`${name}.zip`);
        expect(header).not.toMatch(/[\r\n\0]/);
        expect(contentDisposition.parse(header).parameters['filename']).toMatch(/\.zip$/);
        expect(header).toMatch(/^[\x20-\xff]*$/);
      }),
    );
  });
});
