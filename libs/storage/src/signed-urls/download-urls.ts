import type { SignGetOptions } from '../object-storage.js';
import { getUrl, type SigningOptions } from './object-urls.js';

/**
 * Signs the URLs that clients get. The API serves them from whichever storage is in use, so that they stop working as
 * soon as the voice is deleted. A bucket's own presigned URL could not be revoked.
 */
export class DownloadUrls {
  constructor(private readonly signing: SigningOptions) {}

  /** Returns a URL that reads one object, without an API key, until it expires or the object's voice is deleted. */
  sign(key: string, options: SignGetOptions): string {
    return getUrl(key, options, this.signing);
  }
}
