import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { AppError, sizeText } from '#libs/errors';
import type { StoredObject } from './object-storage.js';
import { s3Failure } from './s3-failure.js';

/** S3 takes 10,000 parts an upload: 80 GiB. What is smaller than one part goes up by a single PutObject. */
export const partBytes = 8 * 1024 * 1024;

/** Parts under way at a time; one more is being gathered, so that an upload holds about three parts in memory. */
const partsAtATime = 2;

export interface UploadTarget {
  readonly bucket: string;
  /** With the storage's prefix. */
  readonly key: string;
  readonly contentType: string;
}

export interface UploadChecks {
  /** More bytes than this end in `too_large`. */
  readonly maxBytes?: number;
  /** Sees what has been sent before it becomes visible, and throws where it must not. */
  readonly accept?: (stored: StoredObject) => void;
}

/**
 * Streams a source into an object, counted and hashed in the same pass; memory does not grow with its size.
 *
 * The object becomes visible in one step at the end. After a failure its parts are aborted; where even that fails, they
 * are left for `removeLeftovers`.
 *
 * @throws what the source or `accept` threw, unchanged; AppError `too_large` | `insufficient_storage` | `unavailable`
 */
export async function uploadStream(
  client: S3Client,
  target: UploadTarget,
  source: AsyncIterable<Uint8Array>,
  { maxBytes = Infinity, accept }: UploadChecks = {},
): Promise<StoredObject> {
  const hash = createHash('sha256');
  let stored: StoredObject = { bytes: 0, sha256: '' };
  let fault: { readonly error: unknown } | undefined;

  async function* metered(): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    // What is thrown in at `yield` is how the upload ends a source, not what went wrong.
    let isSent = false;
    try {
      for await (const chunk of source) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw AppError.saying('too_large', `The upload is larger than ${sizeText(maxBytes)}`);
        hash.update(chunk);
        isSent = true;
        yield chunk;
        isSent = false;
      }
      stored = { bytes, sha256: hash.digest('hex') };
      accept?.(stored);
    } catch (error) {
      if (!isSent) fault = { error };
      throw error;
    }
  }

  try {
    const { bucket, key, contentType } = target;
    const params = { Bucket: bucket, Key: key, ContentType: contentType, Body: Readable.from(metered()) };
    await new Upload({ client, params, partSize: partBytes, queueSize: partsAtATime }).done();
    return stored;
  } catch (error) {
    // Nobody will read it now: free what it holds.
    if (source instanceof Readable) source.destroy();
    throw fault ? fault.error : s3Failure(error);
  }
}
