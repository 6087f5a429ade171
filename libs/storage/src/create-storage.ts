import { fileURLToPath } from 'node:url';
import { LocalStorage, type LocalStorageOptions } from './local-storage.js';
import type { ObjectStorage } from './object-storage.js';

/**
 * Opens the storage that a STORAGE_URL names.
 *
 * @param url `file:///path`, percent-encoded where the path needs it
 * @throws Error with a line for the operator when the URL is none we know; AppError `unavailable` or
 *   `insufficient_storage` when the place it names cannot be used
 */
export async function createStorage(url: string, options: LocalStorageOptions): Promise<ObjectStorage> {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol === 's3:') throw new Error('STORAGE_URL: s3:// is not supported in this version, use file:///path');
  if (protocol !== 'file:') throw new Error('STORAGE_URL must look like file:///path');
  return LocalStorage.open(pathOf(url), options);
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new Error('STORAGE_URL must name a folder of this machine, like file:///path', { cause: error });
  }
}
