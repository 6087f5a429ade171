import contentDisposition from 'content-disposition';

// Bidirectional controls could make a name look like another one.
const deceiving = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const notAscii = /[^\x20-\x7e]/g;

/** A name fit for a file that a browser saves: no path parts, no characters that hide or reorder others. */
export function downloadName(filename: string): string {
  return filename.replaceAll(/[/\\]/g, '_').replace(deceiving, '');
}

/**
 * `Content-Disposition` by RFC 6266 for a signed URL: the name in UTF-8 (`filename*`) with a fallback.
 *
 * All ASCII: servers write the bytes of `response-content-disposition` into a header as they are, in UTF-8 where a
 * header is ISO-8859-1.
 */
export function attachmentDisposition(filename: string): string {
  const name = downloadName(filename);
  return contentDisposition(name, { type: 'attachment', fallback: name.replace(notAscii, '?') });
}
