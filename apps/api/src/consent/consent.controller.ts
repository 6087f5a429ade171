import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Req, Res } from '@nestjs/common';
import { ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ConsentsService } from '#libs/consent';
import { AppError } from '#libs/errors';
import { ConsentRevocations } from '#libs/processing';
import type { VoiceRef } from '#libs/voices';
import { Partner, Voice } from '../access/access.decorators.js';
import { TakesBody } from '../body/body.interceptor.js';
import { rejectionOf } from '../body/fields.pipe.js';
import { Downloads } from '../files/downloads.js';
import { whenGone } from '../http/client-gone.js';
import { PublicUrls } from '../http/links.js';
import type { PartnerRef } from '../http/request-context.js';
import { Operation } from '../openapi/operation.js';
import { VoiceParameters } from '../openapi/parameters.js';
import { FileResponses } from '../openapi/responses.js';
import { ConsentAnswerDto, consentDto, consentId, newConsentExample } from './consent.answers.js';
import { ConsentDto, RevokeConsentDto } from './consent.dto.js';
import { ReceivedConsentsService } from './received-consents.service.js';

const ConsentIdPipe = new ParseUUIDPipe({ exceptionFactory: () => AppError.of('consent_not_found') });

const ConsentParameter = (): MethodDecorator =>
  ApiParam({
    name: 'id',
    description: 'Id of the consent.',
    schema: { type: 'string', format: 'uuid', example: consentId },
  });

@ApiTags('Consent')
@Controller('voices/:partner/:voice/consent')
export class ConsentController {
  constructor(
    private readonly consents: ConsentsService,
    private readonly revocations: ConsentRevocations,
    private readonly received: ReceivedConsentsService,
    private readonly downloads: Downloads,
    private readonly urls: PublicUrls,
  ) {}

  @Post()
  @TakesBody({ file: 'consent' })
  @Operation({
    summary: 'Add Consent',
    description:
      "Records that the owner of a voice has consented to its use, with a recording or a document as proof. The voice's " +
      'next embedding compares a recording with the samples. The voice is not locked and may be in processing. Without ' +
      '`file` the fields may also be sent as application/x-www-form-urlencoded or JSON. The request fails with 409 if the ' +
      'voice has 100 consents, and with 422 if the file of a recorded consent contains no usable audio.',
    body: { type: ConsentDto, required: true, hasFile: true },
    failures: ['voice_not_found', 'too_many_consents', 'quota_exceeded', 'unusable_audio', 'insufficient_storage'],
    failureExamples: {
      too_large: 'file may have at most 20 MiB',
      invalid_parameter: rejectionOf(ConsentDto, {}),
      unusable_audio: 'The file is empty',
      quota_exceeded: 'Quota exceeded: the partner may have 10 GiB of files, and 10 GiB are stored',
    },
  })
  @VoiceParameters()
  @ApiResponse({
    status: 201,
    description: 'The consent is on record.',
    headers: { Location: { description: 'URL of its file.', required: true, schema: { type: 'string' } } },
    type: ConsentAnswerDto,
    example: newConsentExample,
  })
  async addConsent(
    @Partner() partner: PartnerRef,
    @Voice() voice: VoiceRef,
    @Body() { file, ...fields }: ConsentDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ConsentAnswerDto> {
    const { statement, language, method, granted_by: grantedBy, text_version: textVersion = null } = fields;
    const given = { statement, language, grantedBy, method, textVersion };
    const consent = await this.received.add(voice, given, file, whenGone(response));
    response.location(`${this.urls.voicePath(partner.name, voice.name)}/consent/${consent.id}/file`);
    return consentDto(consent);
  }

  @Get()
  @Operation({
    summary: 'List Consents',
    description: 'Returns all consents of a voice, oldest first, revoked ones included.',
    failures: ['voice_not_found'],
  })
  @VoiceParameters()
  @ApiResponse({
    status: 200,
    description: 'The consents, possibly none.',
    type: [ConsentAnswerDto],
    example: [newConsentExample],
  })
  async listConsents(@Voice() voice: VoiceRef): Promise<ConsentAnswerDto[]> {
    return (await this.consents.list(voice.id)).map(consentDto);
  }

  @Get(':id/file')
  @Operation({
    summary: 'Download Consent',
    description:
      'Returns the file of a consent exactly as it was sent, as an attachment. It supports range and conditional requests. ' +
      'The request fails with 404 if the consent has no file.',
    failures: ['voice_not_found', 'consent_not_found', 'consent_file_not_found'],
  })
  @VoiceParameters()
  @ConsentParameter()
  @FileResponses('application/octet-stream')
  async downloadConsent(
    @Voice() voice: VoiceRef,
    @Param('id', ConsentIdPipe) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const file = await this.consents.file(voice.id, id);
    const object = {
      key: file.objectKey,
      bytes: file.bytes,
      etag: `"${file.sha256}"`,
      contentType: 'application/octet-stream', // whatever it claims to be: no browser shall open it by itself
      downloadName: file.name,
    };
    await this.downloads.send(request, response, object, 'consent_file_not_found');
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @TakesBody()
  @Operation({
    summary: 'Revoke Consent',
    description:
      'Revokes a consent. It stays on record with its file. If the operator requires a consent and the voice has no other, ' +
      'its embedding and its speeches end at once, also on the GPU, and count as failed. With `erase` the voice is ' +
      'cancelled and deleted at once, also while it is being processed, with its consents and everything else. A consent ' +
      'that was revoked before keeps its time, and may still be erased.',
    body: { type: RevokeConsentDto, required: false },
    failures: ['voice_not_found', 'consent_not_found'],
    failureExamples: { invalid_parameter: AppError.field('erase', 'erase must be true or false') },
  })
  @VoiceParameters()
  @ConsentParameter()
  @ApiResponse({
    status: 200,
    description: 'The consent is revoked.',
    type: ConsentAnswerDto,
    example: { ...newConsentExample, revoked_at: '2025-02-01T09:00:00Z' },
  })
  async revokeConsent(
    @Voice() voice: VoiceRef,
    @Param('id', ConsentIdPipe) id: string,
    @Body() { erase = false }: RevokeConsentDto,
  ): Promise<ConsentAnswerDto> {
    return consentDto(await (erase ? this.consents.erase(voice.id, id) : this.revocations.revoke(voice.id, id)));
  }
}
