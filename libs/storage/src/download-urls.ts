import type { SignGetOptions } from './object-storage.js';
import { getUrl, type SigningOptions } from './object-urls.js';

/**
 * Signed URLs that clients get. The API serves them from whatever storage is in use: one that a bucket serves itself
 * could not be taken back, and a deleted voice's URLs stop at once.
 */
export class DownloadUrls {
  constructor(private readonly signing: SigningOptions) {}

  /** A URL that reads one object without a key until it expires or the object's voice is deleted. */
  sign(key: string, options: SignGetOptions): string {
    return getUrl(key, options, this.signing, Date.now());
  }
}
