import { AppError } from '#libs/errors';

const format = 'v1:';

/** Where a list goes on: behind this voice. Opaque to clients. */
export function writeCursor(lastName: string): string {
  return Buffer.from(format + lastName).toString('base64url');
}

/**
 * Reads a cursor back.
 *
 * The text itself is compared with what we would have written, so that only cursors of ours pass.
 *
 * @throws AppError `invalid_parameter`
 */
export function readCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const name = text.slice(format.length);
  if (text.startsWith(format) && name !== '' && !name.includes('\0') && writeCursor(name) === cursor) return name;
  throw AppError.field('cursor', 'cursor must be one that a list has returned');
}
