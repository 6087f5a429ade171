import { describe, expect, it } from '@jest/globals';
import { fileAnswer } from './file-answer.js';

const file = { bytes: 100, etag: '"abc"' };

describe('fileAnswer', () => {
  it('is the whole file by default', () => {
    expect(fileAnswer('GET', {}, file)).toEqual({
      status: 200,
      headers: { 'Accept-Ranges': 'bytes', ETag: '"abc"', 'Content-Length': '100' },
      body: 'whole',
    });
  });

  it('is a range', () => {
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

  it('HEAD says the same without bytes, and knows no ranges', () => {
    const { headers } = fileAnswer('GET', {}, file);
    expect(fileAnswer('HEAD', { range: 'bytes=0-1' }, file)).toEqual({ status: 200, headers, body: null });
  });

  it.each(['"abc"', 'W/"abc"', '"x", "abc"', '*'])('304 for If-None-Match %s, before any range', (tags) => {
    expect(fileAnswer('GET', { 'if-none-match': tags, range: 'bytes=0-1' }, file)).toEqual({
      status: 304,
      headers: { 'Accept-Ranges': 'bytes', ETag: '"abc"' },
      body: null,
    });
  });

  it('other tags are no match', () => {
    expect(fileAnswer('GET', { 'if-none-match': '"abcd", abc' }, file).status).toBe(200);
  });

  it.each([
    ['"abc"', 206],
    ['W/"abc"', 200],
    ['"old"', 200],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 200],
  ])('If-Range %s → %i', (condition, status) => {
    expect(fileAnswer('GET', { 'if-range': condition, range: 'bytes=0-1' }, file).status).toBe(status);
  });
});
