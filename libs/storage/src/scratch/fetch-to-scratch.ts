import { isAppError } from '#libs/errors';
import type { ObjectStorage } from '../object-storage.js';
import { scratchFailure } from './scratch-failure.js';
import type { ScratchFolder } from './scratch-folder.js';

/**
 * Fetches an object into the scratch folder, the only place that this writes to: a full disk or a lost folder is the
 * process's own trouble, and says nothing about the object.
 *
 * @returns false if storage has no such object
 */
export async function fetchToScratch(
  storage: Pick<ObjectStorage, 'fetchFile'>,
  scratch: ScratchFolder,
  key: string,
  path: string,
): Promise<boolean> {
  try {
    return await storage.fetchFile(key, path);
  } catch (error) {
    if (isAppError(error, 'insufficient_storage')) throw scratchFailure(error);
    await scratch.check();
    throw error;
  }
}
