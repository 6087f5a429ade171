import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import type { Response } from 'express';
import { AuditLogRepository } from '#libs/audit';
import { partnerNameFormat } from '#libs/partners';
import { AdminOnly } from '../access/access.decorators.js';
import { IfGiven } from '../body/field-rules.js';
import { rejectionOf } from '../body/fields.pipe.js';
import { Cursors, pageOf, PageQuery, PublicUrls } from '../http/links.js';
import { CursorQuery, nextPageLink, partnerNameSchema } from '../openapi/parameters.js';
import { Operation } from '../openapi/operation.js';
import { auditAnswer, AuditEntryDto } from './audit-entry.answer.js';

const defaultLimit = 100;

export class AuditQuery extends PageQuery {
  @IfGiven()
  @Matches(partnerNameFormat, { message: 'partner must be the name of a partner' })
  partner?: string;
}

/** The ids of entries are bigint. */
const cursors = new Cursors('a1:', (id) => /^\d{1,18}$/.test(id));

@ApiTags('Admin')
@AdminOnly()
@Controller('admin/audit')
export class AuditController {
  constructor(
    private readonly log: AuditLogRepository,
    private readonly urls: PublicUrls,
  ) {}

  @Get()
  @Operation({
    summary: 'Read Audit Log',
    description:
      'Returns who changed what and when, newest first. Each entry is written in the transaction of its change.',
    failures: ['invalid_parameter'],
    failureExamples: { invalid_parameter: rejectionOf(AuditQuery, { limit: 0 }) },
  })
  @ApiQuery({
    name: 'partner',
    required: false,
    schema: partnerNameSchema,
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
    @Query() { partner, limit = defaultLimit, cursor }: AuditQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AuditEntryDto[]> {
    const before = cursors.read(cursor);
    const read = await this.log.list({ partner: partner ?? null, before, limit: limit + 1 });
    const page = pageOf(response, read, {
      url: `${this.urls.api}/admin/audit`,
      limit,
      ...(partner !== undefined && { filter: [['partner', partner]] as const }),
      cursorOf: ({ id }) => cursors.write(id),
    });
    return page.map(auditAnswer);
  }
}
