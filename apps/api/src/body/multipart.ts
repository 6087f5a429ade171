import { readFile } from 'node:fs/promises';
import { pipeline, type Writable } from 'node:stream';
import { promisify } from 'node:util';
import type { NextFunction, Request, Response } from 'express';
import multer, { type Options } from 'multer';
import { AppError } from '#libs/errors';
import type { ScratchStorage } from '../uploads/scratch-storage.js';
import { fieldsOf, severalValues, type FieldValue, type Fields } from './fields.js';
import type { IncomingBody } from './incoming-body.js';
import { multipartFailure } from './multipart-failure.js';
import { fileField, ReadableParts } from './readable-parts.js';
import { maxTextBytes } from './small-text.js';

/** The one file a route takes, in the part named `file`. */
export interface ReceivedFile {
  readonly path: string;
  readonly bytes: number;
  /** As the client wrote it, empty when it named no file; to be trusted in nothing. */
  readonly clientName: string;
}

export interface ReceivedBody {
  readonly fields: Fields;
  readonly file: ReceivedFile | null;
  /** Names of fields that carried a file which the route does not take. */
  readonly strayFiles: readonly string[];
}

/** Limits of fields and names: far beyond the contract's, so that unknown fields can be ignored. */
const limits = {
  fieldNameSize: 200,
  fieldSize: maxTextBytes,
  fields: 100,
  fieldNestingDepth: 10,
  fieldArrayIndexLimit: 100,
  headerPairs: 50,
} as const;

/** What multer 2.5 takes and its types do not know yet. */
interface StreamedOptions extends Options {
  readonly streamHandler: (body: ReadableParts, parser: Writable) => void;
}

/**
 * Reads a multipart body: fields, and the file where the route takes one. Other files are skipped and named.
 *
 * Refuses as soon as something is wrong, without reading the rest; nothing it received is then left.
 *
 * @param maxFileBytes null: the route takes no file
 * @throws AppError `malformed_request` | `too_large` | `invalid_parameter` | `insufficient_storage` |
 *   `unavailable`, or what ended the body
 */
export async function readMultipart(
  body: IncomingBody,
  storage: ScratchStorage,
  maxFileBytes: number | null,
): Promise<ReceivedBody> {
  const parts = new ReadableParts(body.headers, maxFileBytes !== null);
  const options: StreamedOptions = {
    storage,
    defParamCharset: 'utf8', // multer reads names as latin1 unless told
    limits: { ...limits, ...(maxFileBytes !== null && { fileSize: maxFileBytes }) },
    streamHandler: (source, parser) => {
      // Multer lets go of the body when it is done, also with a failure; then it would read all the rest before telling.
      parser.once('unpipe', () => source.destroy());
      source.pipe(parser);
    },
  };
  // Multer reads the headers and the stream of its request and puts `body` and `files` on it: our stream will do.
  const request = parts as unknown as Request;
  const receive = promisify((done: NextFunction) => multer(options).any()(request, {} as Response, done));
  pipeline(body, parts, () => undefined); // a failure of the body reaches multer through the parts
  try {
    await receive();
    const [received] = (request.files ?? []) as Express.Multer.File[];
    const file = received ? { path: received.path, bytes: received.size, clientName: parts.clientName } : null;
    if (file) await refuseForgottenFile(file);
    return { fields: fieldsIn(request, parts.strayFiles), file, strayFiles: parts.strayFiles };
  } catch (error) {
    await storage.discard();
    throw multipartFailure(error, maxFileBytes);
  }
}

/** A field that came as a file has no value that any check accepts. */
function fieldsIn(request: Request, strayFiles: readonly string[]): Fields {
  const fields = fieldsOf((request.body ?? {}) as object) as Record<string, FieldValue>;
  for (const name of strayFiles) fields[name] = severalValues;
  return fields;
}

/** No recording is this short; a path that was sent in the place of its file is (`curl -F file=a.wav`, without `@`). */
const longestPathBytes = 1024;

async function refuseForgottenFile({ path, bytes, clientName }: ReceivedFile): Promise<void> {
  if (clientName !== '' || bytes > longestPathBytes) return;
  if (/\p{Cc}|\ufffd/u.test(await readFile(path, 'utf8'))) return;
  throw AppError.field(fileField, 'file must be a file part of a multipart/form-data body');
}
