import { once } from 'node:events';
import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Config } from '#libs/config';
import { AppError, sizeText } from '#libs/errors';
import { ScratchFolder } from '#libs/storage';
import { CONFIG } from '../app-tokens.js';
import { ScratchStorage } from '../uploads/scratch-storage.js';
import { hasBody } from '../http/discard-body.js';
import { mediaType } from '../http/media-type.js';
import { noFields, type Fields } from './fields.js';
import { openBody, type BodyLimit, type IncomingBody } from './incoming-body.js';
import { parseJsonObject } from './json-object.js';
import { readMultipart, type ReceivedBody } from './multipart.js';
import { readSmallText } from './small-text.js';
import type { BodyRule } from './body-rule.js';
import { parseUrlencoded } from './urlencoded.js';

/** What a body may have beside its file: fields, and parts that are skipped. */
const overheadBytes = 8 * 1024 ** 2;

/** Reads the body of a request in whichever form it comes. */
@Injectable()
export class BodyReader {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly scratch: ScratchFolder,
  ) {}

  /**
   * @returns fields and file; the file is the caller's to remove
   * @throws AppError 400, 408, 413, 422 or 507; ClientGone
   */
  async read(request: Request, response: Response, rule: BodyRule): Promise<ReceivedBody> {
    if (!hasBody(request)) return emptyBody();
    const form = formOf(request);
    if (form === null && !comesInChunks(request)) throw notAccepted();
    const maxFileBytes = form === 'multipart' ? this.maxFileBytes(rule) : null;
    const limit = limitOf(maxFileBytes);
    if (Number(request.headers['content-length'] ?? 0) > limit.maxBytes) throw limit.failure;
    const body = openBody(request, response, this.config.uploadIdleSeconds, limit);
    try {
      if (await isEmpty(body)) return emptyBody();
      if (form === null) throw notAccepted();
      if (form === 'multipart') return await readMultipart(body, new ScratchStorage(this.scratch), maxFileBytes);
      return { ...emptyBody(), fields: await readFields(body, form) };
    } finally {
      body.destroy();
    }
  }

  private maxFileBytes(rule: BodyRule): number | null {
    if (rule.file === null) return null;
    return rule.file === 'recording' ? this.config.maxUploadBytes : this.config.maxSampleBytes;
  }
}

type Form = 'multipart' | 'urlencoded' | 'json';

const forms: Readonly<Record<string, Form>> = {
  'multipart/form-data': 'multipart',
  'application/x-www-form-urlencoded': 'urlencoded',
  'application/json': 'json',
};

/** @returns null for a form that is not accepted */
function formOf(request: Request): Form | null {
  const type = mediaType(request.headers['content-type']);
  return (Object.hasOwn(forms, type) && forms[type]) || null;
}

const emptyBody = (): ReceivedBody => ({ fields: noFields(), file: null, strayFiles: [] });

const notAccepted = (): AppError =>
  AppError.saying('invalid_parameter', `Content-Type must be one of ${Object.keys(forms).join(', ')}`);

const comesInChunks = ({ headers }: Pick<Request, 'headers'>): boolean => headers['transfer-encoding'] !== undefined;

/** Does the body end without a byte? Chunks do not say so beforehand (RFC 9112 §7.1). */
async function isEmpty(body: IncomingBody): Promise<boolean> {
  if (!comesInChunks(body)) return false;
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

async function readFields(body: IncomingBody, form: 'urlencoded' | 'json'): Promise<Fields> {
  const text = await readSmallText(body);
  return form === 'json' ? parseJsonObject(text) : parseUrlencoded(text);
}
