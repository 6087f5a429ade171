import { Controller, Get, Inject } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import { CONFIG, type Config } from '#libs/config';
import { AppError } from '#libs/errors';
import { UsageRepository } from '#libs/usage';
import { Partner } from '../access/access.decorators.js';
import type { PartnerRef } from '../http/request-context.js';
import { Operation } from '../openapi/operation.js';
import { PartnerParameter } from '../openapi/parameters.js';
import { UsageDto, usageDto } from './usage.answers.js';

@ApiTags('Usage')
@Controller('usage/:partner')
export class UsageController {
  constructor(
    private readonly usage: UsageRepository,
    @Inject(CONFIG) private readonly config: Pick<Config, 'keepOriginalsDays'>,
  ) {}

  @Get()
  @Operation({
    summary: 'Get Usage',
    description:
      'Returns what a partner has stored, how long its jobs of this month ran on the GPU side, and its quotas. Everything ' +
      'is counted when you ask.',
    failures: ['partner_not_found'],
  })
  @PartnerParameter()
  @ApiResponse({ status: 200, description: 'The usage and the quotas of the partner.', type: UsageDto })
  async getUsage(@Partner() partner: PartnerRef): Promise<UsageDto> {
    const usage = await this.usage.find(partner.id);
    if (usage === null) throw AppError.of('partner_not_found');
    return usageDto(usage, this.config.keepOriginalsDays ?? null);
  }
}
