import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { CONFIG, type Config } from '#libs/config';
import { AppError, type FixedFailureCode } from '#libs/errors';
import { OBJECT_STORAGE, type ByteRange, type ObjectStorage } from '#libs/storage';
import { disposition, fileAnswer, type FileAnswer, type FileFacts } from './file-answer.js';
import { failedMidway, whenGone } from '../http/client-gone.js';
import { Delivery } from './delivery.js';
import { SpareBuffers } from './spare-buffers.js';
import type { StoredZip } from './stored-zip.js';
import { openZip } from './zip-content.js';

interface NamedFile {
  readonly contentType: string;
  /** The name under which a browser saves the file. */
  readonly downloadName: string;
  /** Whether a browser shows or plays the file instead of saving it. False by default. */
  readonly inline?: boolean;
}

export interface SentObject extends FileFacts, NamedFile {
  readonly key: string;
}

export interface SentZip extends FileFacts, StoredZip, Pick<NamedFile, 'downloadName'> {}

/** Smaller objects are read at once. A stream would need as much memory and several times the CPU. */
const atOnceBytes = 512 * 1024;

/** How many unused buffers are kept for simultaneous answers. */
const spareBuffers = 16;

/** Archives are read in chunks of this size. */
const chunkBytes = 256 * 1024;

/** Clients follow a redirect at once, and the files of a deleted voice must soon be out of reach. */
const redirectSeconds = 60;

/** The location of the objects in nginx (deploy/nginx/timbre.conf). */
const proxyFolder = '/timbre-objects/';

/** Answers requests with objects of the storage. */
@Injectable()
export class Downloads {
  private readonly buffers = new SpareBuffers(atOnceBytes, spareBuffers);
  private readonly chunks = new SpareBuffers(chunkBytes, spareBuffers);

  constructor(
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    @Inject(CONFIG) private readonly config: Pick<Config, 'downloads'>,
  ) {}

  /**
   * Answers with an object or a range of it, or with 304. If DOWNLOADS says so, the answer refers the client to the
   * storage, or the proxy to the file.
   *
   * Small objects are read at once, large ones are streamed. The stream closes as soon as the client leaves.
   *
   * @param missing the failure if the object no longer exists, although its row does
   */
  async send(request: Request, response: Response, object: SentObject, missing: FixedFailureCode): Promise<void> {
    const answer = satisfiableAnswer(request, response, object);
    if (answer.body !== null && this.config.downloads === 'storage') return this.redirect(response, object);
    const byProxy = answer.body !== null && this.config.downloads === 'proxy' && cameByProxy(request);
    const bytes = answer.body === null || byProxy ? null : await this.open(object, answer.body, missing, response);
    setHead(response, answer, object);
    if (byProxy) handToProxy(response, object.key);
    if (bytes instanceof Readable) await pipeline(bytes, response).catch(failedMidway(request, response));
    else response.end(bytes);
  }

  /**
   * Answers with an archive or a range of it, or with 304. The bytes always come from the API, because no single object
   * contains them. One chunk is read while the one before it is sent, so an answer needs the memory of two.
   *
   * @param missing the failure if an object no longer exists
   */
  async sendZip(request: Request, response: Response, zip: SentZip, missing: FixedFailureCode): Promise<void> {
    const answer = satisfiableAnswer(request, response, zip);
    const range = answer.body === 'whole' ? { start: 0, end: zip.bytes - 1 } : answer.body;
    const buffers = [this.chunks.take(), this.chunks.take()] as const;
    // As below: only an answer that has left no longer reads the buffers.
    response.once('finish', () => buffers.forEach((buffer) => this.chunks.giveBack(buffer)));
    const options = { signal: whenGone(response), missing, buffers };
    const chunks = range && (await openZip(this.storage, zip, range, options));
    setHead(response, answer, { ...zip, contentType: 'application/zip' });
    if (chunks === null) response.end();
    else await deliver(new Delivery(response), chunks).catch(failedMidway(request, response));
  }

  private async redirect(response: Response, object: SentObject): Promise<void> {
    const { key, contentType, downloadName, inline = false } = object;
    const url = await this.storage.signGet(key, {
      expiresInSeconds: redirectSeconds,
      contentType,
      downloadName,
      inline,
    });
    response.setHeader('Cache-Control', 'no-store'); // the URL expires in a minute
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
    // `finish` means that the system has taken all bytes. An answer that breaks off never emits it.
    response.once('finish', () => this.buffers.giveBack(buffer));
    return this.storage.readBytes(key, range, buffer);
  }
}

/**
 * Whether the proxy announces that it can send files, in the header that Rack::Sendfile uses. Clients that bypass the
 * proxy, such as RunPod with its own CALLBACK_URL, get the bytes from the API.
 */
const cameByProxy = (request: Request): boolean => request.headers['x-sendfile-type'] === 'X-Accel-Redirect';

/** @throws AppError `range_not_satisfiable`, with its header set */
function satisfiableAnswer(request: Request, response: Response, file: FileFacts): FileAnswer {
  const answer = fileAnswer(request.method, request.headers, file);
  if (answer.status !== 416) return answer;
  response.setHeader('Content-Range', answer.headers['Content-Range'] ?? '');
  throw AppError.of('range_not_satisfiable');
}

function setHead(response: Response, answer: FileAnswer, file: NamedFile): void {
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  if (answer.status === 304) return;
  response.setHeader('Content-Type', file.contentType);
  response.setHeader('Content-Disposition', disposition(file.downloadName, file.inline));
}

/**
 * Sends chunks that share two buffers: each is written when the chunk before it has left.
 *
 * @throws if the answer breaks off. The connection is then cut
 */
async function deliver(delivery: Delivery, chunks: AsyncIterable<Buffer>): Promise<void> {
  delivery.on('error', () => undefined); // it is thrown here
  try {
    let written = 0;
    for await (const chunk of chunks) {
      await delivery.reached(written);
      delivery.write(chunk);
      written += chunk.length;
    }
    await delivery.reached(written);
    delivery.end();
    await finished(delivery);
  } catch (error) {
    delivery.destroy(error as Error);
    throw error;
  }
}

/** nginx sets these headers itself: it reads the range from the request and the length from the file. */
function handToProxy(response: Response, key: string): void {
  response.statusCode = 200;
  for (const name of ['Content-Length', 'Content-Range', 'Accept-Ranges']) response.removeHeader(name);
  response.setHeader('X-Accel-Redirect', `${proxyFolder}${key}`);
}
