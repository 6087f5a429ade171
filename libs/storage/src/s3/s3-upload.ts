import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { AppError, sizeText } from '#libs/errors';
import type { StoredObject } from '../object-storage.js';
import { s3Failure } from './s3-failure.js';

/** S3 allows 10,000 parts an upload, here 80 GiB. Anything smaller than a part is sent by a single PutObject. */
export const partBytes = 8 * 1024 * 1024;

/** Parts sent concurrently. One more is being filled, so an upload holds about three parts in memory. */
const concurrentParts = 2;

export interface UploadTarget {
  readonly bucket: string;
  /** Includes the storage's prefix. */
  readonly key: string;
  readonly contentType: string;
}

/** An object as it was uploaded. */
export interface UploadedObject extends StoredObject {
  readonly crc32: number;
}

export interface UploadChecks {
  /** More bytes fail with `too_large`. */
  readonly maxBytes?: number;
  /** Called before the object becomes visible. Throws to prevent that. */
  readonly accept?: (uploaded: UploadedObject) => void;
}

/**
 * Streams a source into an object, and counts and sums it in the same pass. Memory use does not grow with its size.
 *
 * The object becomes visible in one step at the end. A failed upload is aborted; if that fails too, `removeLeftovers`
 * removes its parts later.
 *
 * @throws what the source or `accept` threw, unchanged; AppError `too_large` | `insufficient_storage` | `unavailable`
 */
export async function uploadStream(
  client: S3Client,
  target: UploadTarget,
  source: AsyncIterable<Uint8Array>,
  { maxBytes = Infinity, accept }: UploadChecks = {},
): Promise<UploadedObject> {
  const hash = createHash('sha256');
  let uploaded: UploadedObject = { bytes: 0, sha256: '', crc32: 0 };
  let fault: { readonly error: unknown } | undefined;

  async function* metered(): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    let crc = 0;
    // The uploader ends a source by an exception at `yield`. That is not the cause of the failure.
    let isSent = false;
    try {
      for await (const chunk of source) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw AppError.saying('too_large', `The upload is larger than ${sizeText(maxBytes)}`);
        hash.update(chunk);
        crc = crc32(chunk, crc);
        isSent = true;
        yield chunk;
        isSent = false;
      }
      uploaded = { bytes, sha256: hash.digest('hex'), crc32: crc };
      accept?.(uploaded);
    } catch (error) {
      if (!isSent) fault = { error };
      throw error;
    }
  }

  try {
    const { bucket, key, contentType } = target;
    const params = { Bucket: bucket, Key: key, ContentType: contentType, Body: Readable.from(metered()) };
    await new Upload({ client, params, partSize: partBytes, queueSize: concurrentParts }).done();
    return uploaded;
  } catch (error) {
    // Nothing will read the source any more: free what it holds.
    if (source instanceof Readable) source.destroy();
    throw fault ? fault.error : s3Failure(error);
  }
}
