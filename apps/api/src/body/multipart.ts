import { promisify } from 'node:util';
import type { NextFunction, Request, Response } from 'express';
import multer, { type Options } from 'multer';
import type { Writable } from 'node:stream';
import { AppError } from '#libs/errors';
import type { ScratchStorage } from '../uploads/scratch-storage.js';
import { fieldsOf, type Fields } from './fields.js';
import type { IncomingBody } from './incoming-body.js';
import { multipartFailure } from './multipart-failure.js';
import { maxTextBytes } from './small-text.js';

/** The one file a route takes, in the part named `file`. */
export interface ReceivedFile {
  readonly path: string;
  readonly bytes: number;
  /** As the client wrote it; to be trusted in nothing. */
  readonly clientName: string;
}

export interface ReceivedBody {
  readonly fields: Fields;
  readonly file: ReceivedFile | null;
}

/** Parts and names a form may have: far beyond the contract's, so that unknown fields can be ignored. */
const limits = {
  fieldNameSize: 200,
  fieldSize: maxTextBytes,
  fields: 100,
  fieldNestingDepth: 10,
  fieldArrayIndexLimit: 100,
  parts: 120,
  headerPairs: 50,
} as const;

/** What multer 2.5 takes and its types do not know yet. */
interface StreamedOptions extends Options {
  readonly streamHandler: (body: IncomingBody, parser: Writable) => void;
}

/**
 * Reads a multipart body: fields, and the file where the route takes one. Other files are skipped unread.
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
  let filesTaken = 0;
  const options: StreamedOptions = {
    storage,
    defParamCharset: 'utf8', // multer reads file names as latin1 unless told
    limits: { ...limits, ...(maxFileBytes !== null && { fileSize: maxFileBytes }) },
    fileFilter: (_request, file, decide) => {
      if (maxFileBytes === null || file.fieldname !== 'file') return decide(null, false);
      filesTaken += 1;
      if (filesTaken > 1) return decide(AppError.field('file', 'file must be given once'));
      return decide(null, true);
    },
    streamHandler: (source, parser) => {
      // Multer lets go of the body when it is done, also with a failure; then it would read all the rest before telling.
      parser.once('unpipe', () => source.destroy());
      source.pipe(parser);
    },
  };
  // Multer reads the headers and the stream of its request and puts `body` and `files` on it: our stream will do.
  const request = body as unknown as Request;
  const receive = promisify((done: NextFunction) => multer(options).any()(request, {} as Response, done));
  try {
    await receive();
  } catch (error) {
    await storage.discard();
    throw multipartFailure(error, maxFileBytes);
  }
  const [file] = (request.files ?? []) as Express.Multer.File[];
  return {
    fields: fieldsOf((request.body ?? {}) as object),
    file: file ? { path: file.path, bytes: file.size, clientName: file.originalname } : null,
  };
}
