import { setImmediate as nextTurn } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { attachmentDisposition } from './attachment-disposition.js';
import type { SignGetOptions, SignPutOptions } from './object-storage.js';
import { s3Failure } from './s3-failure.js';

export interface ObjectAddress {
  readonly Bucket: string;
  /** With the storage's prefix. */
  readonly Key: string;
}

/**
 * Makes presigned URLs (SigV4 in the query). With keys that expire, as those of roles do, a URL ends with its key where
 * that is earlier.
 */
export class S3Signer {
  private last: Promise<unknown> = Promise.resolve();

  /** @param client of the public endpoint */
  constructor(private readonly client: S3Client) {}

  signGet(address: ObjectAddress, options: SignGetOptions): Promise<string> {
    const { contentType, downloadName } = options;
    const command = new GetObjectCommand({
      ...address,
      ResponseContentType: contentType,
      ResponseContentDisposition: downloadName === undefined ? undefined : attachmentDisposition(downloadName),
    });
    return this.inTurn(() => getSignedUrl(this.client, command, { expiresIn: options.expiresInSeconds }));
  }

  /**
   * The content type is not signed: a signature fixes its exact spelling, and HTTP libraries add a charset or change its
   * case. Nothing depends on the type that is stored, as every URL that reads an object names the type of its answer.
   */
  signPut(address: ObjectAddress, { expiresInSeconds }: SignPutOptions): Promise<string> {
    return this.inTurn(() => getSignedUrl(this.client, new PutObjectCommand(address), { expiresIn: expiresInSeconds }));
  }

  /**
   * One after another, a turn of the event loop each: an embedding asks for thousands at once, at close to a
   * millisecond each, and leases are renewed meanwhile.
   */
  private inTurn(signing: () => Promise<string>): Promise<string> {
    const signed = this.last
      .then(() => nextTurn())
      .then(signing)
      .catch((error: unknown) => {
        throw s3Failure(error);
      });
    this.last = signed.catch(() => undefined);
    return signed;
  }
}
