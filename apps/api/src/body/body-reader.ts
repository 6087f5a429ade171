import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Config } from '#libs/config';
import { AppError } from '#libs/errors';
import { CONFIG } from '../app-tokens.js';
import { ScratchFolder } from '../uploads/scratch-folder.js';
import { ScratchStorage } from '../uploads/scratch-storage.js';
import { hasBody } from '../http/discard-body.js';
import { noFields, type Fields } from './fields.js';
import { openBody, type IncomingBody } from './incoming-body.js';
import { parseJsonObject } from './json-object.js';
import { readMultipart, type ReceivedBody } from './multipart.js';
import { readSmallText } from './small-text.js';
import type { BodyRule } from './takes-body.decorator.js';
import { parseUrlencoded } from './urlencoded.js';

/** What a multipart body has beside its file, at most: more is refused before it is read. */
const multipartOverheadBytes = 8 * 1024 ** 2;

/** Reads the body of a request in whichever form it comes. */
@Injectable()
export class BodyReader {
  private readonly storage: ScratchStorage;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    scratch: ScratchFolder,
  ) {
    this.storage = new ScratchStorage(scratch);
  }

  /**
   * @returns fields and file; the file is the caller's to remove
   * @throws AppError 400, 408, 413, 422 or 507; ClientGone
   */
  async read(request: Request, response: Response, rule: BodyRule): Promise<ReceivedBody> {
    if (!hasBody(request)) return { fields: noFields(), file: null };
    const form = formOf(request);
    const maxFileBytes = form === 'multipart' ? this.maxFileBytes(rule) : null;
    refuseTooLong(request, maxFileBytes);
    const body = openBody(request, response, this.config.uploadIdleSeconds);
    try {
      if (form === 'multipart') return await readMultipart(body, this.storage, maxFileBytes);
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

function refuseTooLong(request: Request, maxFileBytes: number | null): void {
  if (maxFileBytes === null) return;
  if (Number(request.headers['content-length'] ?? 0) <= maxFileBytes + multipartOverheadBytes) return;
  throw AppError.saying('too_large', `file may have at most ${maxFileBytes} bytes`);
}

async function readFields(body: IncomingBody, form: 'urlencoded' | 'json'): Promise<Fields> {
  const text = await readSmallText(body);
  return form === 'json' ? parseJsonObject(text) : parseUrlencoded(text);
}
