import multer from 'multer';
import { AppError, sizeText } from '#libs/errors';
import { ClientGone } from '../http/client-gone.js';
import { maxTextBytes } from './small-text.js';

/** No room on the disk, in the quota, or under a file-size limit. */
const noRoom: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** The disk of the scratch folder is broken, read-only, not mounted or not ours; or no more files can be opened. */
const noDisk: ReadonlySet<unknown> = new Set([
  ...['EIO', 'EROFS', 'ENODEV', 'ENXIO', 'ESTALE', 'EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'ELOOP'],
  ...['EMFILE', 'ENFILE'],
]);

/** What a failed multipart body is to the client. What only the inside knows (a failed write) is handed on. */
export function multipartFailure(error: unknown, maxFileBytes: number | null): unknown {
  if (error instanceof AppError || error instanceof ClientGone) return error;
  if (error instanceof multer.MulterError) return limitFailure(error, maxFileBytes);
  // System errors carry a code; what busboy says of a body it cannot read does not.
  if (typeof error === 'object' && error !== null && 'code' in error) {
    if (noRoom.has(error.code)) return AppError.of('insufficient_storage', { cause: error });
    return noDisk.has(error.code) ? AppError.of('unavailable', { cause: error }) : error;
  }
  return AppError.saying('malformed_request', 'The multipart body is malformed', { cause: error });
}

function limitFailure(error: multer.MulterError, maxFileBytes: number | null): AppError {
  const code: string = error.code;
  switch (code) {
    case 'LIMIT_FILE_SIZE':
      return AppError.saying('too_large', `file may have at most ${sizeText(maxFileBytes ?? 0)}`, { cause: error });
    case 'LIMIT_FIELD_VALUE':
      return AppError.saying('too_large', `A field may have at most ${sizeText(maxTextBytes)}`, { cause: error });
    case 'LIMIT_FIELD_KEY':
      return AppError.saying('too_large', 'A field name may have at most 200 bytes', { cause: error });
    case 'LIMIT_FIELD_COUNT':
    case 'LIMIT_PART_COUNT':
      return AppError.saying('too_large', 'A form may have at most 100 fields', { cause: error });
    default:
      return AppError.saying('malformed_request', 'The multipart body is malformed', { cause: error });
  }
}
