import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import type { Response } from 'express';
import { AuditLogRepository } from '#libs/audit';
import type { Config } from '#libs/config';
import { AdminOnly } from '../access/admin-only.decorator.js';
import { CONFIG } from '../app-tokens.js';
import { checkFields } from '../body/check-fields.js';
import { CheckedQuery } from '../body/checked.decorator.js';
import { CursorQuery, nextPageLink } from '../docs/pages.js';
import { Operation } from '../docs/operation.js';
import { ListQuery } from '../voices/list-query.js';
import { readAuditCursor, writeAuditCursor } from './audit-cursor.js';
import { auditAnswer, AuditEntryDto } from './audit-entry.answer.js';

const defaultLimit = 100;

export class AuditQuery extends ListQuery {
  @IsOptional()
  @IsString({ message: 'partner must be a name' })
  partner?: string;
}

@ApiTags('Admin')
@AdminOnly()
@Controller('admin/audit')
export class AuditController {
  constructor(
    private readonly log: AuditLogRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  @Operation({
    summary: 'Read Audit Log',
    description:
      'Returns who changed what and when, newest first. Each entry is written in the transaction of its change.',
    failures: ['invalid_parameter'],
    failureExamples: { invalid_parameter: () => checkFields(AuditQuery, { limit: 0 }) },
  })
  @ApiQuery({
    name: 'partner',
    required: false,
    schema: { type: 'string' },
    description: "Returns only changes to this partner's voices and keys.",
  })
  @ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 1000, default: defaultLimit },
    description: 'Maximum number of entries in a page.',
  })
  @CursorQuery()
  @ApiResponse({
    status: 200,
    description: 'The changes, newest first.',
    headers: nextPageLink,
    type: [AuditEntryDto],
  })
  async readAuditLog(
    @CheckedQuery(AuditQuery) query: AuditQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AuditEntryDto[]> {
    const { partner = null, limit = defaultLimit, cursor } = query;
    const before = cursor === undefined ? null : readAuditCursor(cursor);
    // One more than asked for tells that there is a next page.
    const read = await this.log.list({ partner, before, limit: limit + 1 });
    const page = read.slice(0, limit);
    const last = page.at(-1);
    if (read.length > limit && last !== undefined) response.setHeader('Link', this.nextPage(partner, limit, last.id));
    return page.map(auditAnswer);
  }

  private nextPage(partner: string | null, limit: number, lastId: string): string {
    const query = new URLSearchParams({ limit: String(limit), cursor: writeAuditCursor(lastId) });
    if (partner !== null) query.set('partner', partner);
    return `<${this.config.publicUrl}/api/admin/audit?${query.toString()}>; rel="next"`;
  }
}
