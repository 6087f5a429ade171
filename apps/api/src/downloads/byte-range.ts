import type { ByteRange } from '#libs/storage';

/** What a `Range` header asks of a file: all of it, one stretch, or nothing that can be given. */
export type RangeRequest =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly range: ByteRange }
  | { readonly kind: 'unsatisfiable' };

const whole: RangeRequest = { kind: 'whole' };

/**
 * Reads a `Range` header (RFC 9110 §14.1.2): one stretch of bytes, both ends included in the answer.
 *
 * Whatever may be ignored is answered with the whole file: other units, broken syntax, several stretches.
 *
 * @param bytes size of the file
 */
export function parseRange(header: string | undefined, bytes: number): RangeRequest {
  const [, first, last] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return whole;
  if (first === '') return lastBytes(Number(last), bytes);
  const start = Number(first);
  const end = last === '' ? Infinity : Number(last);
  if (end < start) return whole;
  if (start >= bytes) return { kind: 'unsatisfiable' };
  return { kind: 'part', range: { start, end: Math.min(end, bytes - 1) } };
}

function lastBytes(count: number, bytes: number): RangeRequest {
  if (count === 0 || bytes === 0) return { kind: 'unsatisfiable' };
  return { kind: 'part', range: { start: Math.max(0, bytes - count), end: bytes - 1 } };
}
