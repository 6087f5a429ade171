import contentDisposition from 'content-disposition';

/** Bidirectional controls could make a name look like another one. */
const deceiving = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * `Content-Disposition` by RFC 6266: a file name in UTF-8 (`filename*`) with a Latin fallback.
 *
 * Always `attachment`: a browser saves the file, an audio element plays it all the same, and Swagger UI offers the bytes
 * it has fetched with the key (an `inline` one it would fetch again, without).
 */
export function disposition(filename: string): string {
  return contentDisposition(filename.replaceAll(/[/\\]/g, '_').replace(deceiving, ''), { type: 'attachment' });
}
