import type { Readable } from 'node:stream';

/** Size and hash of a stored object, counted over the bytes as they were written. */
export interface StoredObject {
  readonly bytes: number;
  /** SHA-256 of the bytes, lower-case hex. */
  readonly sha256: string;
}

/** What {@link ObjectStorage.putFile} stored; the hash is null unless requested. */
export interface StoredFile {
  readonly bytes: number;
  readonly sha256: string | null;
}

export interface PutOptions {
  /** Stored only by storages with metadata (S3). A signed GET sets the response's type where it matters. */
  readonly contentType: string;
  /** More bytes fail with `too_large`. */
  readonly maxBytes?: number;
}

export interface PutFileOptions {
  readonly contentType: string;
  /** Costs one more read of the file. Leave it out if the hash is already known. */
  readonly computeSha256?: boolean;
}

/** A range of an object's bytes, both ends included, as in `Range: bytes=0-99`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  /** When the object became visible, by the storage's clock ({@link ObjectStorage.now}). */
  readonly modifiedAt: Date;
}

/** Whether a reachable storage accepts writes. */
export type StorageState = 'up' | 'read_only';

/**
 * Outcome of {@link ObjectStorage.copyVerified}. Only `copied` leaves an object under the new key. `crc32` is that of its
 * bytes, as ZIP archives need it (PKWARE APPNOTE 4.4.7).
 */
export type CopyResult =
  | { readonly kind: 'copied'; readonly crc32: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'different'; readonly bytes: number; readonly sha256: string | null };

export interface SignGetOptions {
  readonly expiresInSeconds: number;
  /** File name under which a browser saves the object; any Unicode. */
  readonly downloadName?: string;
  readonly contentType?: string;
  /** Whether a browser shows or plays the object instead of saving it. Needs a `downloadName`. False by default. */
  readonly inline?: boolean;
}

export interface SignPutOptions {
  readonly expiresInSeconds: number;
  /** A media type. The uploader may add parameters and use any letter case. S3 accepts any other type too. */
  readonly contentType: string;
  /**
   * Maximum size of the upload. S3 cannot sign a maximum and accepts more, so the consumer of the upload checks its
   * size; {@link ObjectStorage.copyVerified} does.
   */
  readonly maxBytes: number;
}

/**
 * Stores bytes under keys, in a folder or a bucket. Every implementation passes the suite in
 * `test/storage-contract.ts`.
 *
 * - Keys come from `object-keys.ts`. A key that breaks the rules of `object-key-check.ts` is a bug and throws a
 *   TypeError. No key may be a folder of another (`a/b` and `a/b/c`).
 * - Visible objects are immutable. A second put replaces the whole object in one step, and a reader that has started
 *   continues with the old bytes.
 * - Prefixes are whole folders and end with `/`, so that the prefix of voice 1 never matches voice 12.
 * - Every method may be called again after a failure. Storage trouble is `AppError` `unavailable`, a full disk
 *   `insufficient_storage`. Errors of a caller's own source are rethrown unchanged.
 */
export interface ObjectStorage {
  /**
   * Stores a stream. The object becomes visible only when it is complete and durable (synced, or a completed multipart
   * upload). A failure leaves nothing of it behind, and an older object of that key untouched.
   *
   * A Readable is destroyed if storing fails. To respond to a client whose upload was rejected, pass
   * `request.iterator({ destroyOnReturn: false })`.
   *
   * @throws AppError `too_large` | `insufficient_storage` | `unavailable`, or the source's own error
   */
  put(key: string, source: Readable | AsyncIterable<Uint8Array>, options: PutOptions): Promise<StoredObject>;

  /**
   * Stores a complete local file with the guarantees of {@link put}, without a second copy of its bytes where possible
   * (local storage renames it). The file is gone after a success and still there after a failure.
   */
  putFile(key: string, path: string, options: PutFileOptions): Promise<StoredFile>;

  /** Returns the size of an object; null if there is none. */
  stat(key: string): Promise<{ readonly bytes: number } | null>;

  /**
   * Opens an object or a range of it; null if there is none. An `end` past the last byte is clamped to it.
   * The caller must read the stream to its end or destroy it, to free what it holds.
   *
   * @throws AppError `range_not_satisfiable` if the range starts past the last byte
   */
  read(key: string, range?: ByteRange): Promise<Readable | null>;

  /**
   * Reads a small range of an object in one step, where a stream takes several. Returns null if there is no object.
   *
   * @param into memory to reuse, at least as long as the range; the returned buffer is its first part
   * @throws Error if the object ends before the range does
   */
  readBytes(key: string, range: ByteRange, into?: Buffer): Promise<Buffer | null>;

  /**
   * Reads a range of an object in chunks, through memory that the caller reuses: megabytes of new buffers are garbage that V8
   * collects late. Returns null if there is no object.
   *
   * Chunks are written into the buffers in turn. With two, a chunk is overwritten when the chunk after the next is requested.
   * A storage whose bytes arrive in memory of their own does not use the buffers, and returns a stream: the caller must read
   * it to its end or destroy it. If the object vanishes or ends before the range does, the iteration throws or ends early.
   *
   * @param buffers at least one, all of the same size
   */
  readThrough(
    key: string,
    range: ByteRange,
    buffers: readonly Buffer[],
  ): Promise<Readable | AsyncIterable<Buffer> | null>;

  /**
   * Puts an object's bytes at a local path that does not exist yet, without a second copy where possible (local storage
   * links it). The file must not be written to.
   *
   * @returns false, and creates no file, if there is no such object
   */
  fetchFile(key: string, path: string): Promise<boolean>;

  /**
   * Copies an object if it has exactly the expected bytes. It verifies the bytes that it copies, so that a concurrent
   * PUT cannot get other bytes under the new key.
   *
   * @param to a key without an object
   */
  copyVerified(from: string, to: string, expected: StoredObject): Promise<CopyResult>;

  /** Deletes objects. Ignores keys without an object, and deletes all it can before it throws. */
  delete(keys: Iterable<string>): Promise<void>;

  /** Deletes everything in a folder, which may be missing. Deletes all it can before it throws. */
  deletePrefix(prefix: string): Promise<void>;

  /** Lists a folder (`''`: everything), unordered and in constant memory. Objects may be deleted meanwhile. */
  list(prefix: string): AsyncIterable<ListedObject>;

  /**
   * Returns a URL with which the GPU side can read one object, without an API key, until it expires. The object need
   * not exist yet. The URL may bypass the API and work for some seconds after the voice is deleted, so clients get
   * those of download-urls.ts instead.
   */
  signGet(key: string, options: SignGetOptions): Promise<string>;

  /** As {@link signGet}, but stores an object. The uploader must send the same content type. */
  signPut(key: string, options: SignPutOptions): Promise<string>;

  /**
   * Removes what dead processes left behind (temporary files, unfinished multipart uploads) and was last written before
   * `before`. An upload in progress is never that old.
   *
   * @returns the number removed
   */
  removeLeftovers(before: Date): Promise<number>;

  /** Returns the time by the storage's own clock. The age of objects is measured by it, never by a process's clock. */
  now(): Promise<Date>;

  /** Checks cheaply whether the storage is ready. @throws AppError `unavailable` */
  check(): Promise<StorageState>;
}
