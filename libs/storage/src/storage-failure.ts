import { AppError } from '#libs/errors';

// No room on the disk, in the quota, or under a file-size limit an operator has set (RLIMIT_FSIZE).
const noRoom: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** The system's error code (`ENOENT`), if the error carries one. */
export function errnoOf(error: unknown): string | undefined {
  // Not instanceof Error: errors of Node's own modules come from another realm under Jest.
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Does the error say that the file or its folder is not there? */
export function isMissing(error: unknown): boolean {
  const code = errnoOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** What a failed file operation is to the caller: a full disk, or storage out of reach. */
export function storageFailure(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return AppError.of(noRoom.has(errnoOf(error) ?? '') ? 'insufficient_storage' : 'unavailable', { cause: error });
}

/** An object has fewer bytes than its row says. */
export const endsTooSoon = (key: string): Error => new Error(`${key} is shorter than it was`);

/** Does file work, turning its errors into {@link storageFailure}s. */
export async function storing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageFailure(error);
  }
}
