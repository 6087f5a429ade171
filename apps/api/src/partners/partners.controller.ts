import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiKeysService, PartnersService } from '#libs/partners';
import { DatabaseClock, type PartnerEntity } from '#libs/database';
import { AdminOnly } from '../access/access.decorators.js';
import { TakesBody } from '../body/body.interceptor.js';
import { rejectionOf } from '../body/fields.pipe.js';
import { Operation } from '../openapi/operation.js';
import { PartnerParameter } from '../openapi/parameters.js';
import { ApiKeyDto, CreatedApiKeyDto, PartnerDto } from './partners.answers.js';
import { ChangePartnerDto, CreateKeyDto, readExpiry } from './partners.dto.js';
import { quotasDto } from './usage.answers.js';
import { contractTime, contractTimeOrNull } from '../http/wire-format.js';

@ApiTags('Admin')
@AdminOnly()
@Controller('admin')
export class PartnersController {
  constructor(
    private readonly partners: PartnersService,
    private readonly keys: ApiKeysService,
    private readonly clock: DatabaseClock,
  ) {}

  @Get('partners')
  @Operation({ summary: 'List Partners', description: 'Returns all partners, ordered by name.' })
  @ApiResponse({ status: 200, description: 'The partners, ordered by name.', type: [PartnerDto] })
  async listPartners(): Promise<PartnerDto[]> {
    const partners = await this.partners.list();
    return partners.map(partnerDto);
  }

  @Patch('partners/:partner')
  @TakesBody()
  @Operation({
    summary: 'Change Quotas',
    description:
      'Sets what a partner may use. A field that is left out stays; `null`, in JSON, removes the limit. A request that ' +
      'would exceed a quota is answered with 403. A lower quota removes nothing: it refuses what would add more. ' +
      '`keep_originals_days` overrides KEEP_ORIGINALS_DAYS for the partner.',
    body: { type: ChangePartnerDto, required: true },
    failures: ['partner_not_found'],
    failureExamples: { invalid_parameter: rejectionOf(ChangePartnerDto, { max_voices: -1 }) },
  })
  @PartnerParameter()
  @ApiResponse({ status: 200, description: 'The quotas were changed. Returns the partner.', type: PartnerDto })
  async changePartner(@Param('partner') partner: string, @Body() fields: ChangePartnerDto): Promise<PartnerDto> {
    return partnerDto(
      await this.partners.change(partner, {
        maxVoices: fields.max_voices,
        maxBytes: fields.max_bytes,
        maxGpuSecondsPerMonth: fields.max_gpu_seconds_per_month,
        keepOriginalsDays: fields.keep_originals_days,
      }),
    );
  }

  @Delete('partners/:partner')
  @HttpCode(204)
  @Operation({
    summary: 'Delete Partner',
    description: "Revokes all of the partner's keys and erases all of its voices, locked ones included.",
    failures: ['partner_not_found'],
  })
  @PartnerParameter()
  @ApiResponse({ status: 204, description: 'The partner was deleted. Its files are erased within 60 s.' })
  async deletePartner(@Param('partner') partner: string): Promise<void> {
    await this.partners.erase(partner);
  }

  @Post('partners/:partner/keys')
  @TakesBody()
  @Operation({
    summary: 'Create Key',
    description: 'Creates an API key for a partner. The first key of a new name also creates the partner.',
    body: { type: CreateKeyDto, required: true },
    failureExamples: { invalid_parameter: rejectionOf(CreateKeyDto, { name: '' }) },
  })
  @PartnerParameter()
  @ApiResponse({
    status: 201,
    description: 'The new key. Its text is shown only in this response.',
    type: CreatedApiKeyDto,
  })
  async createKey(@Param('partner') partner: string, @Body() fields: CreateKeyDto): Promise<CreatedApiKeyDto> {
    const created = await this.keys.create(partner, {
      name: fields.name,
      scopes: fields.scopes,
      expiresAt: readExpiry(fields, this.clock.now()),
    });
    return {
      id: created.id,
      partner: created.partner,
      name: created.name,
      key: created.key,
      scopes: [...created.scopes],
      created_at: contractTime(created.createdAt),
      expires_at: contractTimeOrNull(created.expiresAt),
    };
  }

  @Get('partners/:partner/keys')
  @Operation({
    summary: 'List Keys',
    description: 'Returns the keys of a partner, revoked ones included.',
    failures: ['partner_not_found'],
  })
  @PartnerParameter()
  @ApiResponse({
    status: 200,
    description: "The partner's keys. The text of a key is never returned.",
    type: [ApiKeyDto],
  })
  async listKeys(@Param('partner') partner: string): Promise<ApiKeyDto[]> {
    const keys = await this.keys.list(partner);
    return keys.map((key) => ({
      id: key.id,
      partner,
      name: key.name,
      prefix: key.prefix,
      scopes: key.scopes,
      created_at: contractTime(key.createdAt),
      expires_at: contractTimeOrNull(key.expiresAt),
      revoked_at: contractTimeOrNull(key.revokedAt),
      last_used_at: contractTimeOrNull(key.lastUsedAt),
    }));
  }

  @Delete('keys/:id')
  @HttpCode(204)
  @Operation({
    summary: 'Revoke Key',
    description: 'Revokes a key. Every API process rejects it within one second.',
    failures: ['key_not_found'],
  })
  @ApiParam({
    name: 'id',
    description: 'Id of the key, as the list of keys gives it.',
    schema: { type: 'string', example: 'abcdefghijklmnop' },
  })
  @ApiResponse({ status: 204, description: 'The key was revoked.' })
  async revokeKey(@Param('id') id: string): Promise<void> {
    await this.keys.revoke(id);
  }
}

const partnerDto = (partner: PartnerEntity): PartnerDto => ({
  name: partner.name,
  created_at: contractTime(partner.createdAt),
  quotas: quotasDto(partner),
});
