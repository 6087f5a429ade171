import { stat } from 'node:fs/promises';
import { AppError } from '#libs/errors';
import { errnoOf, storageFailure } from '../storage-failure.js';

/** Maps a failed operation in the scratch folder to an AppError that is local to this process. */
export function scratchFailure(error: unknown): AppError {
  const isFull = storageFailure(error).code === 'insufficient_storage';
  return AppError.of(isFull ? 'insufficient_storage' : 'unavailable', {
    cause: error,
    causeCode: isFull ? 'scratch_full' : 'scratch_unusable',
    isLocal: true,
  });
}

/** Error codes of the operating system, unlike Node's (`ERR_…`). */
const systemErrorCode = /^E(?!RR_)[A-Z0-9]+$/;

/**
 * Runs work on a file of the scratch folder. A failure is a {@link scratchFailure}, and says nothing about the
 * recording, if the file is gone or if it is an error of the system (a program cannot start, a file cannot be written).
 */
export async function whileThere<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    throw isThere && !systemErrorCode.test(errnoOf(error) ?? '') ? error : scratchFailure(error);
  }
}
