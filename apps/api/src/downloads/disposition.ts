import contentDisposition from 'content-disposition';
import { downloadName } from '#libs/storage';

/**
 * `Content-Disposition` by RFC 6266: a file name in UTF-8 (`filename*`) with a Latin fallback.
 *
 * Always `attachment`: a browser saves the file, an audio element plays it all the same, and Swagger UI offers the bytes
 * it has fetched with the key (an `inline` one it would fetch again, without).
 */
export function disposition(filename: string): string {
  return contentDisposition(downloadName(filename), { type: 'attachment' });
}
