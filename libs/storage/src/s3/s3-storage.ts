import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type GetObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { AppError } from '#libs/errors';
import { writeNewFile } from '../local/durable-write.js';
import { assertObjectKey, assertObjectPrefix } from '../keys/object-key-check.js';
import type {
  ByteRange,
  CopyResult,
  ListedObject,
  ObjectStorage,
  PutFileOptions,
  PutOptions,
  SignGetOptions,
  SignPutOptions,
  StoredFile,
  StorageState,
  StoredObject,
} from '../object-storage.js';
import { FirstFailure } from '../first-failure.js';
import { checkBucket, openS3Clients, operatorLine } from './s3-clients.js';
import { isMissingUpload, nullIfMissingObject, s3Failure } from './s3-failure.js';
import type { S3Location } from './s3-location.js';
import { S3Signer, type ObjectAddress } from './s3-signer.js';
import { partBytes, uploadStream, type UploadChecks, type UploadedObject, type UploadTarget } from './s3-upload.js';
import { objectPages, unfinishedUploads, type UnfinishedUpload } from './s3-walk.js';
import { endsTooSoon, storing } from '../storage-failure.js';

/** Maximum keys per DeleteObjects call (docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html). */
const deletionsPerCall = 1000;

/** Aborts an upload before it becomes visible. */
class OtherObject extends Error {
  constructor(readonly found: UploadedObject) {
    super('The object is not the expected one');
  }
}

/** Stores objects in a bucket of AWS, MinIO, R2 or another S3 server. */
export class S3Storage implements ObjectStorage {
  private constructor(
    private readonly location: S3Location,
    private readonly client: S3Client,
    private readonly uploader: S3Client,
    private readonly signer: S3Signer,
  ) {}

  /** @throws Error with a line for the operator if the bucket cannot be used; AppError `unavailable` */
  static async open(location: S3Location): Promise<S3Storage> {
    const { client, uploader, signer } = await openS3Clients(location);
    const storage = new S3Storage(location, client, uploader, new S3Signer(signer, () => timeOf(client)));
    await storage.check().catch((error: unknown) => {
      const line = operatorLine(error, location);
      throw line === null ? error : new Error(line, { cause: error });
    });
    return storage;
  }

  async put(
    key: string,
    source: Readable | AsyncIterable<Uint8Array>,
    { contentType, maxBytes }: PutOptions,
  ): Promise<StoredObject> {
    const checks = maxBytes === undefined ? {} : { maxBytes };
    const { bytes, sha256 } = await this.upload(this.target(key, contentType), source, checks);
    return { bytes, sha256 };
  }

  async putFile(key: string, path: string, options: PutFileOptions): Promise<StoredFile> {
    const target = this.target(key, options.contentType);
    const file = createReadStream(path, { highWaterMark: partBytes / 8 });
    const { bytes, sha256 } = await storing(() => this.upload(target, file, {}));
    await storing(() => rm(path, { force: true }));
    return { bytes, sha256: options.computeSha256 ? sha256 : null };
  }

  async stat(key: string): Promise<{ readonly bytes: number } | null> {
    const command = new HeadObjectCommand(this.at(key));
    const found = await this.client.send(command).catch(nullIfMissingObject);
    if (found) return { bytes: found.ContentLength ?? 0 };
    // A HEAD response does not say whether the object or the bucket is missing.
    await this.check();
    return null;
  }

  async read(key: string, range?: ByteRange): Promise<Readable | null> {
    const found = await this.get(key, range);
    return found && bodyOf(found);
  }

  readThrough(key: string, range: ByteRange): Promise<Readable | null> {
    return this.read(key, range);
  }

  async readBytes(key: string, range: ByteRange, into?: Buffer): Promise<Buffer | null> {
    const source = await this.read(key, range);
    if (!source) return null;
    const length = range.end - range.start + 1;
    const wanted = into?.subarray(0, length) ?? Buffer.allocUnsafe(length);
    let filled = 0;
    try {
      for await (const chunk of source as AsyncIterable<Buffer>) filled += chunk.copy(wanted, filled);
    } catch (error) {
      throw s3Failure(error);
    }
    if (filled < length) throw endsTooSoon(key);
    return wanted;
  }

  async fetchFile(key: string, path: string): Promise<boolean> {
    const source = await this.read(key);
    if (!source) return false;
    try {
      await writeNewFile(path, source);
      return true;
    } catch (error) {
      throw s3Failure(error);
    }
  }

  /**
   * Hashes the bytes while it uploads them, so that no concurrent PUT can change them. CopyObject with an ETag condition
   * would save the upload, but an ETag may be an MD5, for which an uploader can make two colliding objects.
   */
  async copyVerified(from: string, to: string, expected: StoredObject): Promise<CopyResult> {
    assertObjectKey(to);
    const found = await this.get(from);
    if (!found) return { kind: 'missing' };
    const source = bodyOf(found);
    const bytes = found.ContentLength ?? 0;
    if (bytes !== expected.bytes) {
      source.destroy();
      return { kind: 'different', bytes, sha256: null };
    }
    const accept = (copied: UploadedObject): void => {
      if (copied.bytes !== expected.bytes || copied.sha256 !== expected.sha256) throw new OtherObject(copied);
    };
    try {
      const target = this.target(to, found.ContentType ?? 'application/octet-stream');
      const { crc32 } = await this.upload(target, source, { accept });
      return { kind: 'copied', crc32 };
    } catch (error) {
      if (error instanceof OtherObject) {
        return { kind: 'different', bytes: error.found.bytes, sha256: error.found.sha256 };
      }
      throw s3Failure(error);
    }
  }

  async delete(keys: Iterable<string>): Promise<void> {
    const all = [...keys].map((key) => this.at(key).Key);
    const failures = new FirstFailure();
    for (let at = 0; at < all.length; at += deletionsPerCall) {
      await failures.outlast(() => this.deleteBatch(all.slice(at, at + deletionsPerCall)));
    }
    failures.throwIfAny();
  }

  /** Aborts unfinished uploads too, so that parts that a killed process had sent are deleted with their voice. */
  async deletePrefix(prefix: string): Promise<void> {
    assertObjectPrefix(prefix);
    const folder = this.location.prefix + prefix;
    const failures = new FirstFailure();
    await failures.outlast(async () => {
      for await (const upload of unfinishedUploads(this.client, this.location.bucket, folder)) {
        await failures.outlast(() => this.abort(upload));
      }
    });
    for await (const page of objectPages(this.client, this.location.bucket, folder)) {
      await failures.outlast(() => this.deleteBatch(page.map(({ key }) => key)));
    }
    failures.throwIfAny();
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    if (prefix !== '') assertObjectPrefix(prefix);
    const ours = this.location.prefix;
    for await (const page of objectPages(this.client, this.location.bucket, ours + prefix)) {
      for (const object of page) yield { ...object, key: object.key.slice(ours.length) };
    }
  }

  async signGet(key: string, options: SignGetOptions): Promise<string> {
    return this.signer.signGet(this.at(key), options);
  }

  async signPut(key: string, options: SignPutOptions): Promise<string> {
    return this.signer.signPut(this.at(key), options);
  }

  /** Decides by the time an upload started: none of ours lasts a day. */
  async removeLeftovers(before: Date): Promise<number> {
    let removed = 0;
    const { bucket, prefix } = this.location;
    for await (const upload of unfinishedUploads(this.client, bucket, prefix)) {
      if (upload.startedAt >= before) continue;
      await this.abort(upload);
      removed += 1;
    }
    return removed;
  }

  async now(): Promise<Date> {
    await this.check();
    return timeOf(this.client);
  }

  /** Does not check whether the bucket is writable: that would take a write. */
  async check(): Promise<StorageState> {
    await checkBucket(this.client, this.location.bucket);
    return 'up';
  }

  private at(key: string): ObjectAddress {
    assertObjectKey(key);
    return { Bucket: this.location.bucket, Key: this.location.prefix + key };
  }

  private target(key: string, contentType: string): UploadTarget {
    const { Bucket: bucket, Key } = this.at(key);
    return { bucket, key: Key, contentType };
  }

  private upload(
    target: UploadTarget,
    source: AsyncIterable<Uint8Array>,
    checks: UploadChecks,
  ): Promise<UploadedObject> {
    return uploadStream(this.uploader, target, source, checks);
  }

  private async get(key: string, range?: ByteRange): Promise<GetObjectCommandOutput | null> {
    const command = new GetObjectCommand({ ...this.at(key), Range: range && `bytes=${range.start}-${range.end}` });
    return this.client.send(command).catch(nullIfMissingObject);
  }

  /** @param keys with the storage's prefix, at most 1000 */
  private async deleteBatch(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const Objects = keys.map((Key) => ({ Key }));
    const command = new DeleteObjectsCommand({ Bucket: this.location.bucket, Delete: { Objects, Quiet: true } });
    const { Errors = [] } = await this.client.send(command).catch((error: unknown) => {
      throw s3Failure(error);
    });
    const failed = Errors.filter(({ Code }) => Code !== 'NoSuchKey');
    if (failed.length === 0) return;
    const cause = new Error(`${failed.length} of ${keys.length} objects were not deleted: ${failed[0]?.Code}`);
    throw AppError.of('unavailable', { cause, causeCode: 'storage_unreachable' });
  }

  private async abort({ key, uploadId }: UnfinishedUpload): Promise<void> {
    const command = new AbortMultipartUploadCommand({ Bucket: this.location.bucket, Key: key, UploadId: uploadId });
    await this.client.send(command).catch((error: unknown) => {
      if (!isMissingUpload(error)) throw s3Failure(error);
    });
  }
}

/** The server's time to within minutes. The SDK learns the offset of our clock from every response. */
const timeOf = ({ config }: S3Client): Date => new Date(Date.now() + config.systemClockOffset);

/** In Node a body is a stream of the socket. Destroying it frees the socket. */
function bodyOf({ Body }: GetObjectCommandOutput): Readable {
  if (Body instanceof Readable) return Body;
  throw new TypeError('S3 answered without a body');
}
