import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, copyFile, link, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '#libs/errors';
import { writeNewFile } from './durable-write.js';
import { filesUnder, makeFolder, nullIfMissing, pruneEmpty } from './local-folders.js';
import { assertObjectKey, assertObjectPrefix } from './object-key-check.js';
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
  StoredObject,
} from './object-storage.js';
import { getUrl, putUrl, type SigningOptions } from './object-urls.js';
import { dateNow, describeFile, hashFile, placeFile, settleFile } from './place-file.js';
import { readStretch } from './read-stretch.js';
import { endsTooSoon, errnoOf, storageFailure, storing } from './storage-failure.js';

export interface LocalStorageOptions {
  readonly signing: SigningOptions;
}

const dayMs = 24 * 60 * 60 * 1000;
const readBytes = 256 * 1024;

/**
 * Objects as files of one folder, which several processes (and containers) may share.
 *
 * `{folder}/objects/{key}` holds what is visible, `{folder}/incoming/{uuid}` what is being written; a rename, which
 * is atomic within a file system, moves one to the other. Content types are not kept: signed URLs carry their own.
 */
export class LocalStorage implements ObjectStorage {
  private readonly objects: string;
  private readonly incoming: string;

  private constructor(
    folder: string,
    private readonly options: LocalStorageOptions,
  ) {
    this.objects = join(folder, 'objects');
    this.incoming = join(folder, 'incoming');
  }

  /** Makes the folders where needed and removes leftovers that are older than a day. */
  static async open(folder: string, options: LocalStorageOptions): Promise<LocalStorage> {
    const storage = new LocalStorage(folder, options);
    await storing(() => makeFolder(storage.objects));
    await storing(() => makeFolder(storage.incoming));
    await storage.removeLeftovers(new Date(Date.now() - dayMs));
    return storage;
  }

  async put(
    key: string,
    source: Readable | AsyncIterable<Uint8Array>,
    { maxBytes }: PutOptions,
  ): Promise<StoredObject> {
    const target = this.pathOf(key);
    const arriving = this.newPath();
    const stored = await writeNewFile(arriving, source, maxBytes);
    await publish(arriving, target);
    return stored;
  }

  async putFile(key: string, path: string, options: PutFileOptions): Promise<StoredFile> {
    const target = this.pathOf(key);
    await this.assertPresent();
    const sha256 = options.computeSha256 ? await storing(() => hashFile(path)) : null;
    const bytes = await storing(() => settleFile(path));
    try {
      await placeFile(path, target);
    } catch (error) {
      if (errnoOf(error) !== 'EXDEV') throw storageFailure(error);
      await this.putFromElsewhere(target, path);
    }
    return { bytes, sha256 };
  }

  async stat(key: string): Promise<{ readonly bytes: number } | null> {
    const path = this.pathOf(key);
    const found = await storing(() => stat(path).catch(nullIfMissing));
    if (!found) await this.assertPresent();
    return found?.isFile() ? { bytes: found.size } : null;
  }

  async read(key: string, range?: ByteRange): Promise<Readable | null> {
    const handle = await this.openObject(key);
    if (handle === null) return null;
    try {
      const found = await storing(() => handle.stat());
      if (!found.isFile()) {
        await handle.close();
        return null;
      }
      if (range && range.start >= found.size) throw AppError.of('range_not_satisfiable');
      // Closes the handle when it ends, fails or is destroyed.
      return handle.createReadStream({ highWaterMark: readBytes, ...range });
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async readBytes(key: string, { start, end }: ByteRange, into?: Buffer): Promise<Buffer | null> {
    const length = end - start + 1;
    const wanted = into?.subarray(0, length) ?? Buffer.allocUnsafe(length);
    const path = this.pathOf(key);
    const filled = await storing(() => readStretch(path, start, wanted).catch(nullIfMissing));
    if (filled === null) {
      await this.assertPresent();
      return null;
    }
    if (filled < length) throw endsTooSoon(key);
    return wanted;
  }

  async fetchFile(key: string, path: string): Promise<boolean> {
    return (await this.bring(key, path)) !== null;
  }

  async copyVerified(from: string, to: string, expected: StoredObject): Promise<CopyResult> {
    const target = this.pathOf(to);
    const arriving = this.newPath();
    // An object is never written to again, only another one put in its place: what a link holds is as good as a copy.
    const brought = await this.bring(from, arriving);
    if (brought === null) return { kind: 'missing' };
    try {
      const found = await storing(() => describeFile(arriving, expected.bytes));
      if (found.bytes !== expected.bytes || found.sha256 !== expected.sha256) {
        await storing(() => rm(arriving));
        return { kind: 'different', ...found };
      }
      await storing<unknown>(() => (brought === 'copied' ? settleFile(arriving) : dateNow(arriving)));
    } catch (error) {
      await rm(arriving, { force: true }).catch(() => undefined);
      throw error;
    }
    await publish(arriving, target);
    return { kind: 'copied' };
  }

  async delete(keys: Iterable<string>): Promise<void> {
    await this.assertPresent();
    for (const key of keys) {
      const path = this.pathOf(key);
      await storing(() => rm(path, { force: true }).catch(nullIfMissing));
      await storing(() => pruneEmpty(dirname(path), this.objects));
    }
  }

  async deletePrefix(prefix: string): Promise<void> {
    const folder = this.folderOf(prefix);
    await this.assertPresent();
    // A put that is just being published makes the folder non-empty again: rm tries that anew.
    await storing(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 }));
    await storing(() => pruneEmpty(dirname(folder), this.objects));
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    const folder = prefix === '' ? this.objects : this.folderOf(prefix);
    await this.assertPresent();
    try {
      for await (const { path, bytes, modifiedAt } of filesUnder(folder)) {
        yield { key: relative(this.objects, path).split(sep).join('/'), bytes, modifiedAt };
      }
    } catch (error) {
      throw storageFailure(error);
    }
  }

  async signGet(key: string, options: SignGetOptions): Promise<string> {
    assertObjectKey(key);
    return getUrl(key, options, this.options.signing, Date.now());
  }

  async signPut(key: string, options: SignPutOptions): Promise<string> {
    assertObjectKey(key);
    return putUrl(key, options, this.options.signing, Date.now());
  }

  /**
   * By age alone, not by process id: the folder may be shared between containers, whose ids overlap. Every write
   * renews a file's age.
   */
  async removeLeftovers(before: Date): Promise<number> {
    let removed = 0;
    for (const name of await storing(() => readdir(this.incoming))) {
      const path = join(this.incoming, name);
      const found = await storing(() => stat(path).catch(nullIfMissing));
      if (!found || found.mtime >= before) continue;
      await storing(() => rm(path, { recursive: true, force: true }));
      removed += 1;
    }
    return removed;
  }

  async check(): Promise<void> {
    const mode = constants.R_OK | constants.W_OK | constants.X_OK;
    await storing(() => Promise.all([access(this.objects, mode), access(this.incoming, mode)]));
  }

  /**
   * Is the folder that `open` made still there? A disk that is not mounted looks like an empty folder: then nothing is
   * missing, nothing has been deleted, and what was written now would be hidden when the disk comes back.
   */
  private async assertPresent(): Promise<void> {
    await storing(() => access(this.incoming));
  }

  /** Opens an object for reading; null when there is none. */
  private async openObject(key: string): Promise<FileHandle | null> {
    const path = this.pathOf(key);
    const handle = await storing(() => open(path, 'r').catch(nullIfMissing));
    if (!handle) await this.assertPresent();
    return handle;
  }

  private pathOf(key: string): string {
    assertObjectKey(key);
    return join(this.objects, key);
  }

  private folderOf(prefix: string): string {
    assertObjectPrefix(prefix);
    return join(this.objects, prefix.slice(0, -1));
  }

  private newPath(): string {
    return join(this.incoming, randomUUID());
  }

  /** Puts an object's bytes where no file is yet, by a link where the file systems can; null when there is no object. */
  private async bring(key: string, path: string): Promise<'linked' | 'copied' | null> {
    const source = this.pathOf(key);
    try {
      await link(source, path);
      return 'linked';
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' && !(await this.stat(key))) return null;
      if (errnoOf(error) !== 'EXDEV' && errnoOf(error) !== 'EPERM') throw storageFailure(error);
    }
    try {
      await copyFile(source, path, constants.COPYFILE_EXCL);
      return 'copied';
    } catch (error) {
      await rm(path, { force: true });
      if (errnoOf(error) === 'ENOENT') return null;
      throw storageFailure(error);
    }
  }

  /** The file is on another file system than the objects: its bytes have to be copied. */
  private async putFromElsewhere(target: string, path: string): Promise<void> {
    const arriving = this.newPath();
    await storing(() => writeNewFile(arriving, createReadStream(path, { highWaterMark: readBytes })));
    await publish(arriving, target);
    await storing(() => rm(path, { force: true }));
  }
}

/** Makes an arrived file visible, or removes it. */
async function publish(arriving: string, target: string): Promise<void> {
  try {
    await placeFile(arriving, target);
  } catch (error) {
    await rm(arriving, { force: true }).catch(() => undefined);
    throw storageFailure(error);
  }
}
