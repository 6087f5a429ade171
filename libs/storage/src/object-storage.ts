import type { Readable } from 'node:stream';

/** What was stored: counted and hashed over the very bytes that were written. */
export interface StoredObject {
  readonly bytes: number;
  /** SHA-256 of the bytes, lower-case hex. */
  readonly sha256: string;
}

/** What {@link ObjectStorage.putFile} stored; the hash only where it was asked for. */
export interface StoredFile {
  readonly bytes: number;
  readonly sha256: string | null;
}

export interface PutOptions {
  /** Kept by storages that keep metadata (S3); a signed GET names its own where it matters. */
  readonly contentType: string;
  /** More bytes than this end in `too_large`. */
  readonly maxBytes?: number;
}

export interface PutFileOptions {
  readonly contentType: string;
  /** Costs one more read of the file; leave it out where the hash is known already. */
  readonly computeSha256?: boolean;
}

/** A stretch of an object, both ends included, as in `Range: bytes=0-99`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  /** When the object became visible under this key. */
  readonly modifiedAt: Date;
}

/** What {@link ObjectStorage.copyVerified} found. Only `copied` left anything under the new key. */
export type CopyResult =
  | { readonly kind: 'copied' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'different'; readonly bytes: number; readonly sha256: string | null };

export interface SignGetOptions {
  readonly expiresInSeconds: number;
  /** Name of the file a browser saves; any Unicode. */
  readonly downloadName?: string;
  readonly contentType?: string;
}

export interface SignPutOptions {
  readonly expiresInSeconds: number;
  /** A media type. The uploader may add parameters to it, and write it in any case. S3 takes any other type too. */
  readonly contentType: string;
  /**
   * The most bytes the upload may have. A storage that cannot sign a maximum (S3) takes more, so whoever uses what
   * was uploaded checks its size: {@link ObjectStorage.copyVerified} does.
   */
  readonly maxBytes: number;
}

/**
 * Keeps bytes under keys: a folder or a bucket. Every implementation passes the suite in `test/storage-contract.ts`.
 *
 * - Keys come from `object-keys.ts`. A key that breaks the rules of `object-key-check.ts` is a defect and throws a
 *   TypeError. No key may be a folder of another (`a/b` and `a/b/c`).
 * - Objects are immutable while visible: a second put replaces the whole object in one step, and a reader that has
 *   begun goes on with the bytes it began with.
 * - Prefixes are whole folders and end with `/`, so that `voices/1/` can never touch `voices/12/…`.
 * - Everything may be called again after a failure. Storage trouble is `AppError` `unavailable`, a full disk
 *   `insufficient_storage`; errors of a caller's own source come out unchanged.
 */
export interface ObjectStorage {
  /**
   * Stores a stream. The object is visible only when it is whole and durable (synced, or a completed multipart
   * upload); after a failure nothing of it stays and an older object of that key is untouched.
   *
   * A Readable is destroyed when storing fails. To answer a client whose upload was refused, hand in
   * `request.iterator({ destroyOnReturn: false })`.
   *
   * @throws AppError `too_large` | `insufficient_storage` | `unavailable`, or the source's own error
   */
  put(key: string, source: Readable | AsyncIterable<Uint8Array>, options: PutOptions): Promise<StoredObject>;

  /**
   * Stores a finished local file with the promises of {@link put}, without a second copy of its bytes where the
   * storage can (the local one renames). The file is used up by a success; after a failure it is still there.
   */
  putFile(key: string, path: string, options: PutFileOptions): Promise<StoredFile>;

  /** Size of an object; null when there is none. */
  stat(key: string): Promise<{ readonly bytes: number } | null>;

  /**
   * Opens an object or a range of it; null when there is none. An `end` behind the last byte is cut to it.
   * The reader must be read to its end or destroyed: both free what it holds.
   *
   * @throws AppError `range_not_satisfiable` when the range starts behind the last byte
   */
  read(key: string, range?: ByteRange): Promise<Readable | null>;

  /**
   * A stretch of an object at once, for what is small: one read where a stream takes several steps. null when there is
   * no such object.
   *
   * @param into memory to use again, at least as long as the stretch; what is returned is its begin
   * @throws Error when the object ends before the stretch does
   */
  readBytes(key: string, range: ByteRange, into?: Buffer): Promise<Buffer | null>;

  /**
   * Puts an object's bytes at a local path where no file is yet, without a second copy of them where the storage can
   * (the local one links). The file is for reading only.
   *
   * @returns false when there is no such object; no file is there then
   */
  fetchFile(key: string, path: string): Promise<boolean>;

  /**
   * Copies an object if it is exactly the expected one. What is compared is what was copied: a PUT that comes in
   * between cannot slip other bytes under the new key. On `missing` and `different` nothing is left there.
   *
   * @param to a key under which there is nothing yet
   */
  copyVerified(from: string, to: string, expected: StoredObject): Promise<CopyResult>;

  /** Deletes objects; keys without an object are fine. */
  delete(keys: Iterable<string>): Promise<void>;

  /** Deletes everything in a folder, which may be empty or missing. */
  deletePrefix(prefix: string): Promise<void>;

  /** Walks a folder (`''`: everything) in no particular order and in constant memory; deleting while it walks is fine. */
  list(prefix: string): AsyncIterable<ListedObject>;

  /**
   * A URL for the GPU side that reads one object without a key until it expires. The object need not exist yet. It may
   * bypass us and outlive its voice by the seconds that bytes take to go: people get those of download-urls.ts.
   */
  signGet(key: string, options: SignGetOptions): Promise<string>;

  /** Likewise one that stores an object; the uploader sends the same content type. */
  signPut(key: string, options: SignPutOptions): Promise<string>;

  /**
   * Frees what dead processes left behind (temporary files, unfinished multipart uploads) and nobody has written to
   * since `before`. Uploads that still move are never that old.
   *
   * @returns how many were removed
   */
  removeLeftovers(before: Date): Promise<number>;

  /** Readiness, cheap. @throws AppError `unavailable` */
  check(): Promise<void>;
}
