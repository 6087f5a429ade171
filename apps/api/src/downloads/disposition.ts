import contentDisposition from 'content-disposition';

/** Bidirectional controls could make a name look like another one. */
const deceiving = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * `Content-Disposition` by RFC 6266: a file name in UTF-8 (`filename*`) with a Latin fallback.
 *
 * @param type `inline` for what a browser may play, `attachment` for what it should save
 */
export function disposition(type: 'inline' | 'attachment', filename: string): string {
  return contentDisposition(filename.replaceAll(/[/\\]/g, '_').replace(deceiving, ''), { type });
}
