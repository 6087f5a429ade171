import { once } from 'node:events';
import {
  Inject,
  Injectable,
  SetMetadata,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { CONFIG, type Config } from '#libs/config';
import { AppError, sizeText } from '#libs/errors';
import { ScratchFolder } from '#libs/storage';
import { noFields, parseJsonObject, parseUrlencoded, readSmallText } from './fields.js';
import { hasBody, mediaType, openBody, type BodyLimit, type IncomingBody } from './incoming-body.js';
import { readMultipart, removeUpload, type MultipartBody } from './multipart.js';
import { fileField } from './readable-parts.js';

interface TakenBody {
  /** Which size limit the file has. Omit it if the route takes no file. */
  readonly file?: 'recording' | 'sample' | 'consent' | 'archive';
}

const takenBodyKey = Symbol('taken body');

/**
 * Declares that a route takes a body. `@Body()` receives its fields, and its file as the field `file`.
 *
 * Nest's own body parsers run before the guards; the contract reads a body only after 401, 429, 403 and 404.
 */
export const TakesBody = (taken: TakenBody = {}): MethodDecorator => SetMetadata(takenBodyKey, taken);

/** A minute of uncompressed stereo has half of it. */
const maxConsentBytes = 20 * 1024 ** 2;

/** What a body may contain beside its file: fields, and parts that are skipped. */
const overheadBytes = 8 * 1024 ** 2;

/**
 * Reads the body of a request in any of its three forms, after the guards and before the pipes, if its route takes one.
 * Removes the received file when the request has ended.
 */
@Injectable()
export class BodyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    @Inject(CONFIG) private readonly config: Config,
    private readonly scratch: ScratchFolder,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> | Promise<Observable<unknown>> {
    const taken = this.reflector.get<TakenBody | undefined>(takenBodyKey, context.getHandler());
    if (taken === undefined) return next.handle();
    const http = context.switchToHttp();
    return this.takeBody(http.getRequest<Request>(), http.getResponse<Response>(), taken, next);
  }

  private async takeBody(
    request: Request,
    response: Response,
    taken: TakenBody,
    next: CallHandler,
  ): Promise<Observable<unknown>> {
    const body = await this.read(request, response, taken);
    const { file } = body;
    request.body = file ? Object.assign(noFields(), body.fields, { [fileField]: file }) : body.fields;
    if (file === null) {
      refuseStrayFile(body, taken);
      return next.handle();
    }
    return defer(async () => {
      try {
        const answer: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
        return answer;
      } finally {
        await removeUpload(file);
      }
    });
  }

  /** @throws AppError 400, 408, 413, 422 or 507; ClientGone */
  private async read(request: Request, response: Response, taken: TakenBody): Promise<MultipartBody> {
    if (!hasBody(request)) return emptyBody();
    const form = formOf(request);
    if (form === null && !isChunked(request)) throw notAccepted();
    const maxFileBytes = form === 'multipart' ? this.maxFileBytes(taken) : null;
    const limit = limitOf(maxFileBytes);
    if (Number(request.headers['content-length'] ?? 0) > limit.maxBytes) throw limit.failure;
    const body = openBody(request, response, this.config, limit);
    try {
      if (await isEmpty(body)) return emptyBody();
      if (form === null) throw notAccepted();
      if (form === 'multipart') {
        const hashes = request.idempotencyKey !== undefined;
        return await readMultipart(body, this.scratch, { maxFileBytes, hashes });
      }
      const text = await readSmallText(body);
      return { ...emptyBody(), fields: form === 'json' ? parseJsonObject(text) : parseUrlencoded(text) };
    } finally {
      body.destroy();
    }
  }

  private maxFileBytes({ file }: TakenBody): number | null {
    if (file === undefined) return null;
    switch (file) {
      case 'recording':
        return this.config.maxUploadBytes;
      case 'sample':
        return this.config.maxSampleBytes;
      case 'consent':
        return maxConsentBytes;
      case 'archive':
        return this.config.maxImportBytes;
    }
  }
}

/**
 * Rejects a file that would otherwise be lost without notice.
 *
 * @throws AppError `invalid_parameter`
 */
function refuseStrayFile({ strayFiles: [stray] }: MultipartBody, taken: TakenBody): void {
  if (stray === undefined) return;
  if (taken.file === undefined) throw AppError.field(stray, `This route takes no file (received "${stray}")`);
  throw AppError.field(fileField, `The recording must be sent in the field "${fileField}" (received "${stray}")`);
}

type Form = 'multipart' | 'urlencoded' | 'json';

const forms: Readonly<Record<string, Form>> = {
  'multipart/form-data': 'multipart',
  'application/x-www-form-urlencoded': 'urlencoded',
  'application/json': 'json',
};

/** @returns null if the Content-Type is not accepted */
function formOf(request: Request): Form | null {
  const type = mediaType(request.headers['content-type']);
  return (Object.hasOwn(forms, type) && forms[type]) || null;
}

const emptyBody = (): MultipartBody => ({ fields: noFields(), file: null, strayFiles: [] });

const notAccepted = (): AppError =>
  AppError.saying('invalid_parameter', `Content-Type must be one of ${Object.keys(forms).join(', ')}`);

const isChunked = ({ headers }: Pick<Request, 'headers'>): boolean => headers['transfer-encoding'] !== undefined;

/** Whether the body ends without a byte. A chunked body does not declare its length (RFC 9112 §7.1). */
async function isEmpty(body: IncomingBody): Promise<boolean> {
  if (!isChunked(body)) return false;
  await once(body, 'readable');
  const chunk = body.read() as Buffer | null;
  if (chunk !== null) body.unshift(chunk);
  return chunk === null;
}

function limitOf(maxFileBytes: number | null): BodyLimit {
  const maxBytes = (maxFileBytes ?? 0) + overheadBytes;
  const sentence =
    maxFileBytes === null
      ? `The body may have at most ${sizeText(maxBytes)}`
      : `file may have at most ${sizeText(maxFileBytes)}`;
  return { maxBytes, failure: AppError.saying('too_large', sentence) };
}
