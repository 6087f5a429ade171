import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { WriteStream } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request } from 'express';
import type { StorageEngine } from 'multer';
import type { ScratchFolder } from '#libs/storage';
import { removeUpload } from './remove-upload.js';

/** Uploads are written in pieces of this size: 1.25 times as fast as multer's disk storage (stack.md, tried). */
const writeBytes = 1024 ** 2;

/** How much may wait for the disk before it is asked to write. */
const syncEveryBytes = 64 * 1024 ** 2;

/** What multer adds to a file that was received. */
interface Received {
  readonly path: string;
  readonly size: number;
}

/**
 * Multer's storage for one request: streams file parts into the scratch folder, each into a folder of its own.
 * What was not received whole is removed.
 */
export class ScratchStorage implements StorageEngine {
  private readonly receiving: Promise<Received>[] = [];

  constructor(private readonly scratch: ScratchFolder) {}

  _handleFile(
    _request: Request,
    file: Express.Multer.File,
    done: (error?: unknown, info?: Partial<Express.Multer.File>) => void,
  ): void {
    const receiving = this.receive(file.stream);
    this.receiving.push(receiving);
    receiving.then(
      (received) => done(null, received),
      (error: unknown) => done(error),
    );
  }

  _removeFile(_request: Request, file: Express.Multer.File, done: (error: Error | null) => void): void {
    void removeUpload(file).then(() => done(null));
  }

  /** Removes everything of a request that failed; afterwards nothing of it is left or still being written. */
  async discard(): Promise<void> {
    for (const result of await Promise.allSettled(this.receiving)) {
      if (result.status === 'fulfilled') await removeUpload(result.value);
    }
  }

  private async receive(source: Readable): Promise<Received> {
    const file = { path: path.join(this.scratch.folder, randomUUID(), 'upload') };
    let target: WriteStream | undefined;
    try {
      await mkdir(path.dirname(file.path), { mode: 0o700 });
      const handle = await open(file.path, 'wx', 0o600);
      target = handle.createWriteStream({ highWaterMark: writeBytes });
      syncAlong(source, handle);
      await pipeline(source, target);
      return { ...file, size: target.bytesWritten };
    } catch (error) {
      source.destroy();
      // A file that is still being written would appear after its folder was removed.
      if (target && !target.closed) await once(target, 'close').catch(() => undefined);
      await removeUpload(file);
      throw error;
    }
  }
}

/**
 * Has the disk write while the rest still arrives: else the system keeps gigabytes back, and the sync at the end, which
 * makes the upload durable, takes as long again as the transfer did. A sync that fails here fails there, too.
 */
function syncAlong(source: Readable, handle: FileHandle): void {
  let unsyncedBytes = 0;
  let isSyncing = false;
  const done = (): void => void (isSyncing = false);
  source.on('data', (chunk: Buffer) => {
    unsyncedBytes += chunk.length;
    if (isSyncing || unsyncedBytes < syncEveryBytes) return;
    unsyncedBytes = 0;
    isSyncing = true;
    handle.datasync().then(done, done);
  });
}
