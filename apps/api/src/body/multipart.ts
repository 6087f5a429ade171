import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import type { WriteStream } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { pipeline, type Readable, type Writable } from 'node:stream';
import { pipeline as finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { NextFunction, Request, Response } from 'express';
import multer, { type Options, type StorageEngine } from 'multer';
import { AppError, sizeText } from '#libs/errors';
import { removeWork, scratchFailure, type ScratchFolder } from '#libs/storage';
import { ClientGone } from '../http/client-gone.js';
import { fieldsOf, maxTextBytes, nested, type FieldValue, type Fields } from './fields.js';
import type { IncomingBody } from './incoming-body.js';
import { fileField, ReadableParts } from './readable-parts.js';

/** The file of a body, in the scratch folder. A class, so that no value of a client can pass for one. */
export class ReceivedFile {
  constructor(
    readonly path: string,
    readonly bytes: number,
    /** As the client wrote it, or empty if it named no file. Do not trust it. */
    readonly clientName: string,
    /** Hex. null unless it was asked for. */
    readonly sha256: string | null = null,
  ) {}
}

/** Removes the folder that a file was received into. Never rejects. */
export function removeUpload(file: { readonly path: string }): Promise<void> {
  return removeWork(path.dirname(file.path));
}

export interface MultipartBody {
  readonly fields: Fields;
  readonly file: ReceivedFile | null;
  /** Names of the fields that carried a file which the route does not take. */
  readonly strayFiles: readonly string[];
}

/** Far beyond what the contract needs, so that unknown fields can be ignored. */
const limits = {
  fieldNameSize: 200,
  fieldSize: maxTextBytes,
  fields: 100,
  fieldNestingDepth: 10,
  fieldArrayIndexLimit: 100,
  headerPairs: 50,
} as const;

export interface WantedFile {
  /** null if the route takes no file. */
  readonly maxFileBytes: number | null;
  /** Whether the file is hashed while it arrives. */
  readonly hashes: boolean;
}

/** An option of multer 2.5 that its types lack. */
interface StreamedOptions extends Options {
  readonly streamHandler: (body: ReadableParts, parser: Writable) => void;
}

/**
 * Reads a multipart body: its fields, and the file if the route takes one. Other files are skipped and reported.
 *
 * Rejects on the first problem without reading the rest. Received files are then removed.
 *
 * @throws AppError `malformed_request` | `too_large` | `invalid_parameter` | `insufficient_storage` | `unavailable`,
 *   or the error that ended the body
 */
export async function readMultipart(
  body: IncomingBody,
  scratch: ScratchFolder,
  { maxFileBytes, hashes }: WantedFile,
): Promise<MultipartBody> {
  const storage = new ScratchStorage(scratch, hashes);
  const parts = new ReadableParts(body.headers, maxFileBytes !== null);
  const options: StreamedOptions = {
    storage,
    defParamCharset: 'utf8', // multer's default is latin1
    limits: { ...limits, ...(maxFileBytes !== null && { fileSize: maxFileBytes }) },
    streamHandler: (source, parser) => {
      // Multer unpipes the body when it has finished or failed, and then reads all the rest before it reports.
      parser.once('unpipe', () => source.destroy());
      source.pipe(parser);
    },
  };
  // Multer needs only a stream with headers, on which it sets `body` and `files`.
  const request = parts as unknown as Request;
  const receive = promisify((done: NextFunction) => multer(options).any()(request, {} as Response, done));
  pipeline(body, parts, () => undefined); // errors of the body reach multer through the parts
  try {
    await receive();
    const [received] = (request.files ?? []) as Express.Multer.File[];
    const file = received ? new ReceivedFile(received.path, received.size, parts.clientName, storage.sha256) : null;
    if (file) await refuseForgottenFile(file);
    return { fields: fieldsIn(request, parts.strayFiles), file, strayFiles: parts.strayFiles };
  } catch (error) {
    await storage.discard();
    throw multipartFailure(error, maxFileBytes);
  }
}

/** The name of a stray file becomes a field that every validator rejects. */
function fieldsIn(request: Request, strayFiles: readonly string[]): Fields {
  const fields = fieldsOf((request.body ?? {}) as object) as Record<string, FieldValue>;
  for (const name of strayFiles) fields[name] = nested;
  return fields;
}

/** No recording is this short, but a path can be: `curl -F file=a.wav` without `@` sends the path as text. */
const longestPathBytes = 1024;

async function refuseForgottenFile(file: ReceivedFile): Promise<void> {
  if (file.clientName !== '' || file.bytes > longestPathBytes) return;
  if (/\p{Cc}|\ufffd/u.test(await readFile(file.path, 'utf8'))) return;
  throw AppError.field(fileField, 'file must be a file part of a multipart/form-data body');
}

/** The scratch folder's disk is full, broken, read-only or not mounted, or the process has too many open files. */
const diskCodes: ReadonlySet<unknown> = new Set([
  ...['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS', 'ENODEV', 'ENXIO', 'ESTALE', 'EACCES', 'EPERM', 'ENOENT'],
  ...['ENOTDIR', 'ELOOP', 'EMFILE', 'ENFILE'],
]);

/** Maps the error of a multipart body to the error for the client. Unexpected errors are returned unchanged. */
export function multipartFailure(error: unknown, maxFileBytes: number | null): unknown {
  if (error instanceof AppError || error instanceof ClientGone) return error;
  if (error instanceof multer.MulterError) return limitFailure(error, maxFileBytes);
  // System errors have a code; the parser's errors about the body have none.
  if (typeof error === 'object' && error !== null && 'code' in error) {
    return diskCodes.has(error.code) ? scratchFailure(error) : error;
  }
  return AppError.saying('malformed_request', 'The multipart body is malformed', { cause: error });
}

function limitFailure(error: multer.MulterError, maxFileBytes: number | null): AppError {
  const code: string = error.code;
  switch (code) {
    case 'LIMIT_FILE_SIZE':
      return AppError.saying('too_large', `file may have at most ${sizeText(maxFileBytes ?? 0)}`, { cause: error });
    case 'LIMIT_FIELD_VALUE':
      return AppError.saying('too_large', `A field may have at most ${sizeText(maxTextBytes)}`, { cause: error });
    case 'LIMIT_FIELD_KEY':
      return AppError.saying('too_large', 'A field name may have at most 200 bytes', { cause: error });
    case 'LIMIT_FIELD_COUNT':
    case 'LIMIT_PART_COUNT':
      return AppError.saying('too_large', 'A form may have at most 100 fields', { cause: error });
    default:
      return AppError.saying('malformed_request', 'The multipart body is malformed', { cause: error });
  }
}

/** 1 MiB writes took uploads in 1.25 times as fast as multer's disk storage does. */
const writeBytes = 1024 ** 2;

/** How much the system may hold back before a sync is requested. */
const syncEveryBytes = 64 * 1024 ** 2;

/** Multer's storage for one body: streams its file into a new folder of the scratch folder. */
class ScratchStorage implements StorageEngine {
  private received: Promise<{ readonly path: string; readonly size: number }> | null = null;
  private readonly hash: Hash | null;

  constructor(
    private readonly scratch: ScratchFolder,
    hashes: boolean,
  ) {
    this.hash = hashes ? createHash('sha256') : null;
  }

  /** Hex, of the received file. Read it once. */
  get sha256(): string | null {
    return this.hash && this.hash.digest('hex');
  }

  _handleFile(
    _request: Request,
    file: Express.Multer.File,
    done: (error?: unknown, info?: Partial<Express.Multer.File>) => void,
  ): void {
    this.received = this.receive(file.stream);
    this.received.then((received) => done(null, received), done);
  }

  _removeFile(_request: Request, file: Express.Multer.File, done: (error: Error | null) => void): void {
    void removeUpload(file).then(() => done(null));
  }

  /** Removes the file of a body that failed. Afterwards nothing of it is left or still being written. */
  async discard(): Promise<void> {
    const received = await this.received?.catch(() => null);
    if (received) await removeUpload(received);
  }

  /** Removes a file that it could not receive completely. */
  private async receive(source: Readable): Promise<{ readonly path: string; readonly size: number }> {
    let file: { readonly path: string } | undefined;
    let target: WriteStream | undefined;
    try {
      file = { path: path.join(await this.scratch.make(), 'upload') };
      const handle = await open(file.path, 'wx', 0o600);
      target = handle.createWriteStream({ highWaterMark: writeBytes });
      syncWhileWriting(source, handle);
      if (this.hash) source.on('data', (chunk: Buffer) => this.hash?.update(chunk));
      await finished(source, target);
      return { ...file, size: target.bytesWritten };
    } catch (error) {
      source.destroy();
      // A file that is still being written would reappear after its folder was removed.
      if (target && !target.closed) await once(target, 'close').catch(() => undefined);
      if (file) await removeUpload(file);
      throw error;
    }
  }
}

/**
 * Lets the disk write while the upload still arrives. Otherwise the system holds gigabytes back, and the sync that makes
 * the upload durable takes as long again as the transfer. That last sync also fails if one of these does.
 */
function syncWhileWriting(source: Readable, handle: FileHandle): void {
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
