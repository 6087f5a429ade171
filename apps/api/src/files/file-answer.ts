import type { IncomingHttpHeaders } from 'node:http';
import contentDisposition from 'content-disposition';
import { downloadName, type ByteRange } from '#libs/storage';

export interface FileFacts {
  readonly bytes: number;
  /** Strong, with its quotes: the same tag means the same bytes. */
  readonly etag: string;
}

/** How a file is answered: the status, the headers that depend on it, and which bytes follow. */
export interface FileAnswer {
  readonly status: 200 | 206 | 304 | 416;
  readonly headers: Readonly<Record<string, string>>;
  /** null if no bytes follow. */
  readonly body: ByteRange | 'whole' | null;
}

/** Decides how to answer a GET or HEAD of a file: first the conditions, then the range (RFC 9110 §13.2.2). */
export function fileAnswer(method: string, headers: IncomingHttpHeaders, file: FileFacts): FileAnswer {
  const common = { 'Accept-Ranges': 'bytes', ETag: file.etag };
  if (isNotModified(headers, file.etag)) return { status: 304, headers: common, body: null };
  const whole: FileAnswer = {
    status: 200,
    headers: { ...common, 'Content-Length': String(file.bytes) },
    body: method === 'HEAD' ? null : 'whole',
  };
  // Range is defined for GET only (RFC 9110 §14.2).
  if (method !== 'GET' || !allowsRange(headers, file.etag)) return whole;
  const range = parseRange(headers.range, file.bytes);
  if (range === 'whole') return whole;
  if (range === 'unsatisfiable') {
    return { status: 416, headers: { ...common, 'Content-Range': `bytes */${file.bytes}` }, body: null };
  }
  const { start, end } = range;
  return {
    status: 206,
    headers: {
      ...common,
      'Content-Length': String(end - start + 1),
      'Content-Range': `bytes ${start}-${end}/${file.bytes}`,
    },
    body: range,
  };
}

/** Whether the client has this version already (`If-None-Match`, RFC 9110 §13.1.2: weak comparison). */
export function isNotModified(headers: IncomingHttpHeaders, etag: string): boolean {
  const tags = headers['if-none-match'];
  if (tags === undefined) return false;
  if (tags.trim() === '*') return true;
  return tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/**
 * Whether a range may be sent (`If-Range`, RFC 9110 §13.1.5: strong comparison). A date never matches, because we send
 * no `Last-Modified`.
 */
function allowsRange(headers: IncomingHttpHeaders, etag: string): boolean {
  const condition = headers['if-range'];
  return condition === undefined || (typeof condition === 'string' && condition.trim() === etag);
}

/**
 * Parses a `Range` header (RFC 9110 §14.1.2) with one range. Other units, malformed and multiple ranges are ignored: the
 * whole file is sent, as the RFC allows.
 *
 * The package `range-parser` (1.3) is not used: it takes a suffix longer than the file, and `9-0`, for unsatisfiable.
 *
 * @param bytes size of the file
 */
export function parseRange(header: string | undefined, bytes: number): ByteRange | 'whole' | 'unsatisfiable' {
  const [, first, last] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return 'whole';
  if (first === '') return lastBytes(Number(last), bytes);
  const start = Number(first);
  const end = last === '' ? Infinity : Number(last);
  if (end < start) return 'whole';
  return start >= bytes ? 'unsatisfiable' : { start, end: Math.min(end, bytes - 1) };
}

function lastBytes(count: number, bytes: number): ByteRange | 'unsatisfiable' {
  if (count === 0 || bytes === 0) return 'unsatisfiable';
  return { start: Math.max(0, bytes - count), end: bytes - 1 };
}

/**
 * Returns a `Content-Disposition` (RFC 6266): the file name in UTF-8 (`filename*`) with a Latin-1 fallback.
 *
 * `attachment` on every route with a key. Browsers save the file, audio elements play it nevertheless, and Swagger UI
 * offers the bytes that it has fetched with the key. It would fetch an `inline` file again, without the key.
 *
 * @param inline for URLs that a person opens in a browser to listen
 */
export function disposition(filename: string, inline = false): string {
  return contentDisposition(downloadName(filename), { type: inline ? 'inline' : 'attachment' });
}
