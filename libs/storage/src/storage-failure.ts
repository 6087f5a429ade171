import { AppError } from '#libs/errors';

// Disk full, quota exceeded, or over the file size limit of the process (RLIMIT_FSIZE).
const noRoom: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Returns the system's error code (`ENOENT`), if the error has one. */
export function errnoOf(error: unknown): string | undefined {
  // No instanceof Error: under Jest, errors of Node's own modules come from another realm.
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** True if the error says that the file or its folder does not exist. */
export function isMissing(error: unknown): boolean {
  const code = errnoOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Maps a failed file operation to an AppError: `insufficient_storage` for a full disk, else `unavailable`. */
export function storageFailure(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (noRoom.has(errnoOf(error) ?? '')) {
    return AppError.of('insufficient_storage', { cause: error, causeCode: 'storage_full' });
  }
  return AppError.of('unavailable', { cause: error, causeCode: 'storage_unreachable' });
}

/** The error for an object that has fewer bytes than its row says. */
export const endsTooSoon = (key: string): Error => new Error(`${key} is shorter than it was`);

/** Runs file operations and throws their errors as {@link storageFailure}s. */
export async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageFailure(error);
  }
}
