import { posix } from 'node:path';
import { Controller, Get, HttpCode, Inject, Param, Put, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { Config } from '#libs/config';
import { AppError, sizeText } from '#libs/errors';
import {
  OBJECT_STORAGE,
  SIGNING_SECRETS,
  verifyObjectToken,
  type ObjectGrant,
  type ObjectStorage,
  type PutGrant,
} from '#libs/storage';
import { Public } from '../access/public.decorator.js';
import { CONFIG } from '../app-tokens.js';
import { openBody } from '../body/incoming-body.js';
import { AudioResponses } from '../docs/file-responses.js';
import { Operation } from '../docs/operation.js';
import { Downloads } from '../downloads/downloads.js';
import { mediaType } from '../http/media-type.js';
import { objectEtag } from './object-etag.js';
import { SignedObjectsRepository } from './signed-objects.repository.js';

const TokenParameter = (): MethodDecorator =>
  ApiParam({
    name: 'token',
    description: 'Signed token. It is part of a URL that the API has returned.',
    schema: { type: 'string' },
  });

/** Objects for whoever holds a signed URL of ours: people's downloads, and everything of the local storage. */
@ApiTags('Signed URLs')
@Public()
@Controller('objects/:token')
export class ObjectsController {
  constructor(
    private readonly objects: SignedObjectsRepository,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    private readonly downloads: Downloads,
    @Inject(SIGNING_SECRETS) private readonly secrets: readonly string[],
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  @Operation({
    summary: 'Download Signed Object',
    description: 'Returns a stored file to the holder of a signed URL, such as `embedding_zip_url`.',
    open: true,
    failures: ['access_denied', 'not_found', 'unavailable'],
  })
  @TokenParameter()
  @AudioResponses('*/*')
  async downloadSignedObject(
    @Param('token') token: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const grant = await this.granted(token, 'GET');
    const { key } = grant;
    const found = await this.storage.stat(key);
    if (found === null) throw AppError.of('not_found');
    const object = {
      key,
      bytes: found.bytes,
      etag: objectEtag(key, found.bytes),
      contentType: grant.contentType ?? 'application/octet-stream',
      downloadName: grant.downloadName ?? posix.basename(key),
    };
    await this.downloads.send(request, response, object, 'not_found');
  }

  @Put()
  @HttpCode(200)
  @Operation({
    summary: 'Upload Signed Object',
    description: 'Stores a file for the holder of a signed URL. RunPod uploads its results here.',
    open: true,
    failures: ['access_denied', 'not_found', 'upload_timed_out', 'too_large', 'unavailable', 'insufficient_storage'],
    failureExamples: { too_large: 'The object may have at most 1 GiB' },
  })
  @TokenParameter()
  @ApiConsumes('application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' }, required: true })
  @ApiResponse({ status: 200, description: 'The file was stored.' })
  async uploadSignedObject(
    @Param('token') token: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    const grant = await this.granted(token, 'PUT');
    if (mediaType(request.headers['content-type']) !== mediaType(grant.contentType)) throw AppError.of('access_denied');
    refuseTooLong(request, grant);
    const body = openBody(request, response, this.config.uploadIdleSeconds);
    await this.storage.put(grant.key, body, { contentType: grant.contentType, maxBytes: grant.maxBytes });
    if (await this.objects.isLiving(grant.key)) return;
    // Its voice was deleted meanwhile: people's bytes do not stay.
    await this.storage.delete([grant.key]);
    throw AppError.of('not_found');
  }

  private async granted<M extends ObjectGrant['method']>(
    token: string,
    method: M,
  ): Promise<Extract<ObjectGrant, { method: M }>> {
    const grant = verifyObjectToken(token, Date.now() / 1000, this.secrets);
    if (!isFor(grant, method)) throw AppError.of('access_denied');
    if (!(await this.objects.isLiving(grant.key))) throw AppError.of('not_found');
    return grant;
  }
}

function isFor<M extends ObjectGrant['method']>(
  grant: ObjectGrant,
  method: M,
): grant is Extract<ObjectGrant, { method: M }> {
  return grant.method === method;
}

function refuseTooLong(request: Request, { maxBytes }: PutGrant): void {
  if (Number(request.headers['content-length'] ?? 0) <= maxBytes) return;
  throw AppError.saying('too_large', `The object may have at most ${sizeText(maxBytes)}`);
}
