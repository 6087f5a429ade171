import { AppError } from '#libs/errors';

const format = 'a1:';

/** Where the audit log goes on: before this entry. Opaque to clients. */
export function writeAuditCursor(id: string): string {
  return Buffer.from(format + id).toString('base64url');
}

/** Reads a cursor back. @throws AppError `invalid_parameter` for one that was not ours */
export function readAuditCursor(cursor: string): string {
  const [, id] = /^a1:(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (id !== undefined && writeAuditCursor(id) === cursor) return id;
  throw AppError.field('cursor', 'cursor must be one that a list has returned');
}
