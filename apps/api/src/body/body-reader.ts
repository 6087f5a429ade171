import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Config } from '#libs/config';
import { AppError, sizeText } from '#libs/errors';
import { ScratchFolder } from '#libs/storage';
import { CONFIG } from '../app-tokens.js';
import { ScratchStorage } from '../uploads/scratch-storage.js';
import { hasBody } from '../http/discard-body.js';
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
    if (!hasBody(request)) return { fields: noFields(), file: null };
    const form = formOf(request);
    const maxFileBytes = form === 'multipart' ? this.maxFileBytes(rule) : null;
    const limit = limitOf(maxFileBytes);
    if (Number(request.headers['content-length'] ?? 0) > limit.maxBytes) throw limit.failure;
    const body = openBody(request, response, this.config.uploadIdleSeconds, limit);
    try {
      if (form === 'multipart') return await readMultipart(body, new ScratchStorage(this.scratch), maxFileBytes);
      return { fields: await readFields(body, form), file: null };
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

function formOf(request: Request): Form {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const form = Object.hasOwn(forms, type) ? forms[type] : undefined;
  if (form) return form;
  throw AppError.saying('invalid_parameter', `Content-Type must be one of ${Object.keys(forms).join(', ')}`);
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
