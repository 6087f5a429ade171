import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiKeysService } from '#libs/auth';
import { contractTime } from '#libs/voices';
import { AdminOnly } from '../access/admin-only.decorator.js';
import { checkFields } from '../body/check-fields.js';
import { CheckedFields } from '../body/checked.decorator.js';
import { TakesBody } from '../body/takes-body.decorator.js';
import { Operation } from '../docs/operation.js';
import { PartnerParameter } from '../docs/path-parameters.js';
import { ApiKeyDto, CreatedApiKeyDto, PartnerDto } from './admin-answers.js';
import { CreateKeyFields, readExpiry } from './admin-fields.js';

const timeOrNull = (time: Date | null): string | null => time && contractTime(time);

@ApiTags('Admin')
@AdminOnly()
@Controller('admin')
export class AdminKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Get('partners')
  @Operation({ summary: 'List Partners', description: 'Returns all partners, ordered by name.' })
  @ApiResponse({ status: 200, description: 'The partners, ordered by name.', type: [PartnerDto] })
  async listPartners(): Promise<PartnerDto[]> {
    const partners = await this.keys.listPartners();
    return partners.map(({ name, createdAt }) => ({ name, created_at: contractTime(createdAt) }));
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
    await this.keys.removePartner(partner);
  }

  @Post('partners/:partner/keys')
  @TakesBody({ fields: CreateKeyFields })
  @Operation({
    summary: 'Create Key',
    description: 'Creates an API key for a partner. The first key of a new name also creates the partner.',
    body: { fields: CreateKeyFields, required: true },
    failureExamples: { invalid_parameter: () => checkFields(CreateKeyFields, { name: '' }) },
  })
  @PartnerParameter()
  @ApiResponse({
    status: 201,
    description: 'The new key. Its text is shown only in this response.',
    type: CreatedApiKeyDto,
  })
  async createKey(
    @Param('partner') partner: string,
    @CheckedFields(CreateKeyFields) fields: CreateKeyFields,
  ): Promise<CreatedApiKeyDto> {
    const created = await this.keys.create(partner, { name: fields.name, expiresAt: readExpiry(fields, new Date()) });
    return {
      id: created.id,
      partner: created.partner,
      name: created.name,
      key: created.key,
      created_at: contractTime(created.createdAt),
      expires_at: timeOrNull(created.expiresAt),
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
      created_at: contractTime(key.createdAt),
      expires_at: timeOrNull(key.expiresAt),
      revoked_at: timeOrNull(key.revokedAt),
      last_used_at: timeOrNull(key.lastUsedAt),
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
