import type { IncomingHttpHeaders } from 'node:http';

/**
 * Does the client have this very version? (`If-None-Match`, RFC 9110 §13.1.2: compared weakly.)
 */
export function isNotModified(headers: IncomingHttpHeaders, etag: string): boolean {
  const tags = headers['if-none-match'];
  if (tags === undefined) return false;
  if (tags.trim() === '*') return true;
  return tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/**
 * May a range be given? With `If-Range` only when its tag is ours, strongly compared (RFC 9110 §13.1.5); a date never is,
 * as no `Last-Modified` was sent.
 */
export function allowsRange(headers: IncomingHttpHeaders, etag: string): boolean {
  const condition = headers['if-range'];
  return condition === undefined || (typeof condition === 'string' && condition.trim() === etag);
}
