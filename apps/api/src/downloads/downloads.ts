import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Config } from '#libs/config';
import { AppError, type FixedFailureCode } from '#libs/errors';
import { OBJECT_STORAGE, type ByteRange, type ObjectStorage } from '#libs/storage';
import { CONFIG } from '../app-tokens.js';
import { disposition } from './disposition.js';
import { failedMidway } from './failed-midway.js';
import { fileAnswer, type FileFacts } from './file-answer.js';
import { SpareBuffers } from './spare-buffers.js';

export interface SentObject extends FileFacts {
  readonly key: string;
  readonly contentType: string;
  /** Of the file that a browser saves. */
  readonly downloadName: string;
}

/** Up to here an object is read at once: no more than a stream would hold, and several times as cheap. */
const atOnceBytes = 512 * 1024;

/** So many answers at the same time find memory that is there already. */
const spareBuffers = 16;

/** A client follows a redirect at once; a deleted voice must not be had much longer. */
const redirectSeconds = 60;

/** Where nginx finds the folder of the objects (deploy/nginx/timbre.conf). */
const proxyFolder = '/timbre-objects/';

/** Answers with objects of the storage. */
@Injectable()
export class Downloads {
  private readonly buffers = new SpareBuffers(atOnceBytes, spareBuffers);

  constructor(
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    @Inject(CONFIG) private readonly config: Pick<Config, 'downloads'>,
  ) {}

  /**
   * Answers with an object, whole or a range of it, or that the client has it already; or says who else sends it
   * (`DOWNLOADS`). Small objects are read at once, large ones stream; a client that goes away frees the reader at once.
   *
   * @param missing what to say when the row still names an object that is no longer there
   */
  async send(request: Request, response: Response, object: SentObject, missing: FixedFailureCode): Promise<void> {
    const answer = fileAnswer(request.method, request.headers, object);
    if (answer.status === 416) {
      response.setHeader('Content-Range', answer.headers['Content-Range'] ?? '');
      throw AppError.of('range_not_satisfiable');
    }
    if (answer.body !== null && this.config.downloads === 'storage') return this.redirect(response, object);
    const byProxy = answer.body !== null && this.config.downloads === 'proxy' && cameByProxy(request);
    const bytes = answer.body === null || byProxy ? null : await this.open(object, answer.body, missing, response);
    response.statusCode = byProxy ? 200 : answer.status;
    for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
    if (answer.status !== 304) {
      response.setHeader('Content-Type', object.contentType);
      response.setHeader('Content-Disposition', disposition(object.downloadName));
    }
    if (byProxy) handToProxy(response, object.key);
    if (bytes instanceof Readable) await pipeline(bytes, response).catch(failedMidway(request, response));
    else response.end(bytes);
  }

  private async redirect(response: Response, { key, contentType, downloadName }: SentObject): Promise<void> {
    const url = await this.storage.signGet(key, {
      expiresInSeconds: redirectSeconds,
      contentType,
      downloadName,
    });
    response.setHeader('Cache-Control', 'no-store'); // the URL is worth nothing in a minute
    response.redirect(302, url);
  }

  private async open(
    { key, bytes }: SentObject,
    body: ByteRange | 'whole',
    missing: FixedFailureCode,
    response: Response,
  ): Promise<Readable | Buffer> {
    const range = body === 'whole' ? { start: 0, end: bytes - 1 } : body;
    const length = range.end - range.start + 1;
    const isSmall = length > 0 && length <= atOnceBytes;
    const source = await (isSmall
      ? this.readAtOnce(key, range, response)
      : this.storage.read(key, body === 'whole' ? undefined : body));
    if (source === null) throw AppError.of(missing);
    return source;
  }

  private readAtOnce(key: string, range: ByteRange, response: Response): Promise<Buffer | null> {
    const buffer = this.buffers.take();
    // Finished: the system has taken all of it. An answer that breaks off never says so.
    response.once('finish', () => this.buffers.giveBack(buffer));
    return this.storage.readBytes(key, range, buffer);
  }
}

/**
 * The proxy says that it sends files, as it does to Rack::Sendfile: whoever reaches the API past it, such as RunPod at a
 * CALLBACK_URL of its own, gets the bytes from the API.
 */
const cameByProxy = (request: Request): boolean => request.headers['x-sendfile-type'] === 'X-Accel-Redirect';

/** nginx takes the range from the request and the length from the file, and says itself that it can do ranges. */
function handToProxy(response: Response, key: string): void {
  for (const name of ['Content-Length', 'Content-Range', 'Accept-Ranges']) response.removeHeader(name);
  response.setHeader('X-Accel-Redirect', `${proxyFolder}${key}`);
}
