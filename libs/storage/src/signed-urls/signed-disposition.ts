import contentDisposition from 'content-disposition';

// Control characters, surrogates, and bidirectional controls, which make a name look like another.
const deceptive = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu;
const notAscii = /[^\x20-\x7e]/g;

/** Makes a file name safe for a browser to save: no path parts, no characters that hide or reorder others. */
export function downloadName(filename: string): string {
  return filename.replaceAll(/[/\\]/g, '_').replace(deceptive, '');
}

/**
 * Formats a `Content-Disposition` (RFC 6266) for a signed URL: the name in UTF-8 (`filename*`) with an ASCII fallback.
 *
 * The whole value is ASCII, because S3 servers copy the UTF-8 bytes of `response-content-disposition` into a header,
 * which is ISO-8859-1.
 */
export function signedDisposition(filename: string, inline = false): string {
  const name = downloadName(filename);
  return contentDisposition(name, { type: inline ? 'inline' : 'attachment', fallback: name.replace(notAscii, '?') });
}
