import contentDisposition from 'content-disposition';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../../test/support/any-text.js';
import { disposition, fileAnswer, parseRange } from './file-answer.js';

const file = { bytes: 100, etag: '"abc"' };

describe('fileAnswer', () => {
  it('sends the whole file by default', () => {
    expect(fileAnswer('GET', {}, file)).toEqual({
      status: 200,
      headers: { 'Accept-Ranges': 'bytes', ETag: '"abc"', 'Content-Length': '100' },
      body: 'whole',
    });
  });

  it('sends a range', () => {
    expect(fileAnswer('GET', { range: 'bytes=10-19' }, file)).toMatchObject({
      status: 206,
      headers: { 'Content-Length': '10', 'Content-Range': 'bytes 10-19/100' },
      body: { start: 10, end: 19 },
    });
    expect(fileAnswer('GET', { range: 'bytes=100-' }, file)).toMatchObject({
      status: 416,
      headers: { 'Content-Range': 'bytes */100' },
      body: null,
    });
  });

  it('answers HEAD like GET without bytes, and ignores its range', () => {
    const { headers } = fileAnswer('GET', {}, file);
    expect(fileAnswer('HEAD', { range: 'bytes=0-1' }, file)).toEqual({ status: 200, headers, body: null });
  });

  it.each(['"abc"', 'W/"abc"', '"x", "abc"', '*'])('answers 304 for If-None-Match %s, whatever the range', (tags) => {
    expect(fileAnswer('GET', { 'if-none-match': tags, range: 'bytes=0-1' }, file)).toEqual({
      status: 304,
      headers: { 'Accept-Ranges': 'bytes', ETag: '"abc"' },
      body: null,
    });
  });

  it('ignores other tags', () => {
    expect(fileAnswer('GET', { 'if-none-match': '"abcd", abc' }, file).status).toBe(200);
  });

  it.each([
    ['"abc"', 206],
    ['W/"abc"', 200],
    ['"old"', 200],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 200],
  ])('answers If-Range %s with %i', (condition, status) => {
    expect(fileAnswer('GET', { 'if-range': condition, range: 'bytes=0-1' }, file).status).toBe(status);
  });
});

describe('parseRange', () => {
  it.each([
    ['bytes=0-9', { start: 0, end: 9 }],
    ['bytes=90-', { start: 90, end: 99 }],
    ['bytes=90-500', { start: 90, end: 99 }],
    ['bytes=-10', { start: 90, end: 99 }],
    ['bytes=-500', { start: 0, end: 99 }],
    ['BYTES=99-99', { start: 99, end: 99 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    [undefined, 'whole'],
    ['bytes=-', 'whole'],
    ['bytes=9-0', 'whole'],
    ['bytes=0-1,5-6', 'whole'],
    ['items=0-1', 'whole'],
    ['bytes=a-b', 'whole'],
    ['bytes=99999999999999999999-', 'unsatisfiable'],
  ])('parses %p of 100 bytes', (header, expected) => expect(parseRange(header, 100)).toEqual(expected));

  it('cannot satisfy any range of an empty file', () => {
    expect(parseRange('bytes=0-', 0)).toEqual('unsatisfiable');
    expect(parseRange('bytes=-5', 0)).toEqual('unsatisfiable');
  });

  it('never exceeds the file', () => {
    fc.assert(
      fc.property(fc.nat(), fc.option(fc.nat()), fc.option(fc.nat()), (bytes, first, last) => {
        const range = parseRange(`bytes=${first ?? ''}-${last ?? ''}`, bytes);
        if (typeof range === 'string') return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThanOrEqual(range.start);
        expect(range.end).toBeLessThan(bytes);
      }),
    );
  });
});

describe('disposition', () => {
  it('writes ASCII names as they are, and others in UTF-8 with a fallback (RFC 6266)', () => {
    expect(disposition('a-samples.zip')).toBe('attachment; filename="a-samples.zip"');
    expect(disposition('ü 日本.opus')).toBe(
      `attachment; filename="ü ??.opus"; filename*=UTF-8''%C3%BC%20%E6%97%A5%E6%9C%AC.opus`,
    );
    expect(disposition('a"b.zip')).toBe('attachment; filename="a\\"b.zip"');
  });

  it('returns a header that any parser reads, for every name of a voice', () => {
    fc.assert(
      fc.property(anyText({ minLength: 1 }), (name) => {
        const header = disposition(`${name}.zip`);
        expect(header).not.toMatch(/[\r\n\0]/);
        expect(contentDisposition.parse(header).parameters['filename']).toMatch(/\.zip$/);
        expect(header).toMatch(/^[\x20-\xff]*$/);
      }),
    );
  });
});
