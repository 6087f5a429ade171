import { fileURLToPath } from 'node:url';
import { LocalStorage, type LocalStorageOptions } from './local/local-storage.js';
import type { ObjectStorage } from './object-storage.js';
import { parseS3Url } from './s3/s3-location.js';

/**
 * Opens the storage that a STORAGE_URL names.
 *
 * @param url `file:///path`, percent-encoded where the path needs it, or `s3://bucket/prefix?…` (see s3-location.ts)
 * @param options of local storage; S3 signs URLs with its own keys
 * @throws Error with a line for the operator if the URL is of no known kind; AppError `unavailable` or
 *   `insufficient_storage` if the storage cannot be used
 */
export async function createStorage(url: string, options: LocalStorageOptions): Promise<ObjectStorage> {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol === 's3:') {
    const location = parseS3Url(url);
    // Loaded on demand: the SDK costs memory and start time.
    const { S3Storage } = await import('./s3/s3-storage.js');
    return S3Storage.open(location);
  }
  if (protocol !== 'file:') throw new Error('STORAGE_URL must look like file:///path or s3://bucket/prefix');
  return LocalStorage.open(pathOf(url), options);
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new Error('STORAGE_URL must name a folder of this machine, like file:///path', { cause: error });
  }
}
