import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
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

const isSystemError = (error: unknown): boolean => systemErrorCode.test(errnoOf(error) ?? '');

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
    throw isThere && !isSystemError(error) ? error : scratchFailure(error);
  }
}

/**
 * Writes a new file of the scratch folder, from another one there. An error of the system is a {@link scratchFailure}. Any
 * other comes from the content, and is thrown as it is.
 */
export async function writeToScratch(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    await pipeline(content, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    throw isSystemError(error) ? scratchFailure(error) : error;
  }
}
