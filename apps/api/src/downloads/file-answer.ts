import type { IncomingHttpHeaders } from 'node:http';
import type { ByteRange } from '#libs/storage';
import { parseRange } from './byte-range.js';
import { allowsRange, isNotModified } from './conditional.js';

export interface FileFacts {
  readonly bytes: number;
  /** Strong: the same tag means the same bytes. With its quotes. */
  readonly etag: string;
}

/** How a file is answered: status, headers that depend on it, and which bytes follow. */
export interface FileAnswer {
  readonly status: 200 | 206 | 304 | 416;
  readonly headers: Readonly<Record<string, string>>;
  /** null: no bytes follow. */
  readonly body: ByteRange | 'whole' | null;
}

/** Decides what a GET or HEAD of a file is answered (RFC 9110 §13.2.2: conditions first, then the range). */
export function fileAnswer(method: string, headers: IncomingHttpHeaders, file: FileFacts): FileAnswer {
  const common = { 'Accept-Ranges': 'bytes', ETag: file.etag };
  if (isNotModified(headers, file.etag)) return { status: 304, headers: common, body: null };
  const bodyOf = (body: ByteRange | 'whole') => (method === 'HEAD' ? null : body);
  const whole: FileAnswer = {
    status: 200,
    headers: { ...common, 'Content-Length': String(file.bytes) },
    body: bodyOf('whole'),
  };
  // Range is defined for GET alone (RFC 9110 §14.2).
  if (method !== 'GET' || !allowsRange(headers, file.etag)) return whole;
  const asked = parseRange(headers.range, file.bytes);
  switch (asked.kind) {
    case 'whole':
      return whole;
    case 'unsatisfiable':
      return { status: 416, headers: { ...common, 'Content-Range': `bytes */${file.bytes}` }, body: null };
    case 'part': {
      const { start, end } = asked.range;
      const length = end - start + 1;
      return {
        status: 206,
        headers: {
          ...common,
          'Content-Length': String(length),
          'Content-Range': `bytes ${start}-${end}/${file.bytes}`,
        },
        body: bodyOf(asked.range),
      };
    }
  }
}
