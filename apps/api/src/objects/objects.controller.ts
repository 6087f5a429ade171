import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { Controller, Get, HttpCode, Inject, Param, Put, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CONFIG, type Config } from '#libs/config';
import { DatabaseClock } from '#libs/database';
import { EmbeddingsService } from '#libs/embeddings';
import { AppError, sizeText } from '#libs/errors';
import {
  isEmbeddingZipKey,
  OBJECT_STORAGE,
  SIGNING_SECRETS,
  verifyObjectToken,
  type ObjectGrant,
  type ObjectStorage,
  type PutGrant,
} from '#libs/storage';
import { Public } from '../access/access.decorators.js';
import { mediaType, openBody } from '../body/incoming-body.js';
import { embeddingZip } from '../embeddings/embedding-archive.js';
import { FileResponses } from '../openapi/responses.js';
import { Operation } from '../openapi/operation.js';
import { Downloads } from '../files/downloads.js';
import { SignedObjectsRepository } from './signed-objects.repository.js';

const TokenParameter = (): MethodDecorator =>
  ApiParam({
    name: 'token',
    description: 'Signed token. It is part of a URL that the API has returned.',
    schema: { type: 'string' },
  });

/** Serves objects to the holders of signed URLs: downloads of clients, and all transfers of the local storage. */
@ApiTags('Objects')
@Public()
@Controller('objects/:token')
export class ObjectsController {
  constructor(
    private readonly objects: SignedObjectsRepository,
    private readonly embeddings: EmbeddingsService,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    private readonly downloads: Downloads,
    @Inject(SIGNING_SECRETS) private readonly secrets: readonly string[],
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: DatabaseClock,
  ) {}

  @Get()
  @Operation({
    summary: 'Download Signed Object',
    description:
      'Returns a stored file to the holder of a signed URL, such as `embedding_zip_url`. The archive of an embedding is ' +
      'made of its single files while it is sent.',
    open: true,
    failures: ['access_denied', 'not_found', 'unavailable'],
  })
  @TokenParameter()
  @FileResponses('*/*')
  async downloadSignedObject(
    @Param('token') token: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const grant = await this.granted(token, 'GET');
    const { key, inline } = grant;
    const downloadName = grant.downloadName ?? posix.basename(key);
    const archive = isEmbeddingZipKey(key) ? await this.embeddings.archiveOf(key) : null;
    if (archive !== null) {
      const zip = { ...embeddingZip(archive), downloadName };
      return this.downloads.sendZip(request, response, zip, 'not_found');
    }
    const found = await this.storage.stat(key);
    if (found === null) throw AppError.of('not_found');
    const object = {
      key,
      bytes: found.bytes,
      etag: objectEtag(key, found.bytes),
      contentType: grant.contentType ?? 'application/octet-stream',
      downloadName,
      inline,
    };
    await this.downloads.send(request, response, object, 'not_found');
  }

  @Put()
  @HttpCode(200)
  @Operation({
    summary: 'Upload Signed Object',
    description:
      'Stores a file for the holder of a signed URL. RunPod uploads its results here, until their job has ended.',
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
    const body = openBody(request, response, this.config);
    await this.storage.put(grant.key, body, { contentType: grant.contentType, maxBytes: grant.maxBytes });
    if (await this.objects.isAwaited(grant.key)) return;
    // The voice was deleted or the job ended during the upload. Recordings of people must not stay behind.
    await this.storage.delete([grant.key]);
    throw AppError.of('not_found');
  }

  private async granted<M extends ObjectGrant['method']>(
    token: string,
    method: M,
  ): Promise<Extract<ObjectGrant, { method: M }>> {
    const grant = verifyObjectToken(token, this.clock.now() / 1000, this.secrets);
    if (!isFor(grant, method)) throw AppError.of('access_denied');
    const isServed = method === 'PUT' ? this.objects.isAwaited(grant.key) : this.objects.isLiving(grant.key);
    if (!(await isServed)) throw AppError.of('not_found');
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

/** A strong tag. Readable objects are written once under their key, so the key identifies the bytes. */
function objectEtag(key: string, bytes: number): string {
  return `"${createHash('sha256').update(`${bytes}:${key}`).digest('hex')}"`;
}
