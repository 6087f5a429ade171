import { setImmediate as nextTurn } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { signedDisposition } from '../signed-urls/signed-disposition.js';
import type { SignGetOptions, SignPutOptions } from '../object-storage.js';
import { s3Failure } from './s3-failure.js';

export interface ObjectAddress {
  readonly Bucket: string;
  /** Includes the storage's prefix. */
  readonly Key: string;
}

/**
 * Makes presigned URLs (SigV4 in the query). A URL that was signed with temporary credentials, such as those of a role,
 * expires with them at the latest.
 */
export class S3Signer {
  private last: Promise<unknown> = Promise.resolve();

  /**
   * @param client for the public endpoint
   * @param now the server's time; it rejects a URL that is dated in its future
   */
  constructor(
    private readonly client: S3Client,
    private readonly now: () => Date,
  ) {}

  signGet(address: ObjectAddress, options: SignGetOptions): Promise<string> {
    const { contentType, downloadName, inline } = options;
    const command = new GetObjectCommand({
      ...address,
      ResponseContentType: contentType,
      ResponseContentDisposition: downloadName === undefined ? undefined : signedDisposition(downloadName, inline),
    });
    return this.signed(command, options.expiresInSeconds);
  }

  /**
   * Does not sign the content type. A signature would fix its exact spelling, and HTTP libraries add a charset or change
   * its case. Nothing depends on the stored type, as every URL that reads an object sets the type of the response.
   */
  signPut(address: ObjectAddress, { expiresInSeconds }: SignPutOptions): Promise<string> {
    return this.signed(new PutObjectCommand(address), expiresInSeconds);
  }

  private signed(command: GetObjectCommand | PutObjectCommand, expiresIn: number): Promise<string> {
    return this.inTurn(() => getSignedUrl(this.client, command, { expiresIn, signingDate: this.now() }));
  }

  /**
   * Signs one URL per turn of the event loop. An embedding needs thousands at once, at close to a millisecond each, and
   * the process has to renew its leases meanwhile.
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
