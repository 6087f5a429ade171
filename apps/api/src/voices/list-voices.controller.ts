import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiQuery, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { Config } from '#libs/config';
import { VoicesService } from '#libs/voices';
import { Partner } from '../access/found.decorator.js';
import type { PartnerRef } from '../access/request-context.js';
import { CONFIG } from '../app-tokens.js';
import { checkFields } from '../body/check-fields.js';
import { CheckedQuery } from '../body/checked.decorator.js';
import { CursorQuery, nextPageLink } from '../docs/pages.js';
import { Operation } from '../docs/operation.js';
import { PartnerParameter } from '../docs/path-parameters.js';
import { failedMidway } from '../downloads/failed-midway.js';
import { readCursor, writeCursor } from './cursor.js';
import { ListQuery } from './list-query.js';
import { VoiceSummaryDto } from './voice-answers.js';
import { voiceListExample } from './voice-examples.js';
import { pageRows, voiceListJson, type ReadPage } from './voice-list.js';

@ApiTags('Voices')
@Controller('voices/:partner')
export class ListVoicesController {
  constructor(
    private readonly voices: VoicesService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  @Operation({
    summary: 'List Voices',
    description:
      "Returns all of the partner's voices, ordered by name. With `limit` it returns one page; the `Link` header then " +
      'holds the URL of the next page.',
    failures: ['partner_not_found', 'invalid_parameter'],
    failureExamples: { invalid_parameter: () => checkFields(ListQuery, { limit: 0 }) },
  })
  @PartnerParameter()
  @ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 1000 },
    description: 'Maximum number of voices in a page. All voices are returned if omitted.',
  })
  @CursorQuery()
  @ApiExtraModels(VoiceSummaryDto)
  @ApiResponse({
    status: 200,
    description: 'The voices, ordered by name.',
    headers: nextPageLink,
    content: {
      'application/json': {
        schema: { type: 'array', items: { $ref: getSchemaPath(VoiceSummaryDto) } },
        example: voiceListExample,
      },
    },
  })
  async listVoices(
    @Partner() partner: PartnerRef,
    @CheckedQuery(ListQuery) query: ListQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const after = query.cursor === undefined ? null : readCursor(query.cursor);
    const readPage: ReadPage = (page) => this.voices.listPage(partner.id, page);
    if (query.limit !== undefined) {
      await this.answerPage(response, partner, query.limit, await readPage({ after, limit: query.limit + 1 }));
      return;
    }
    const first = await readPage({ after, limit: pageRows });
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    await pipeline(Readable.from(voiceListJson(first, readPage)), response).catch(failedMidway(request, response));
  }

  /** @param read one more voice than asked for, if there are so many: it tells that there is a next page */
  private async answerPage(
    response: Response,
    partner: PartnerRef,
    limit: number,
    read: Awaited<ReturnType<ReadPage>>,
  ): Promise<void> {
    const page = read.slice(0, limit);
    const last = page.at(-1);
    if (read.length > limit && last !== undefined) {
      const query = new URLSearchParams({ limit: String(limit), cursor: writeCursor(last.name) });
      const base = this.config.publicUrl.replace(/\/+$/, '');
      response.setHeader('Link', `<${base}/api/voices/${partner.name}?${query.toString()}>; rel="next"`);
    }
    response.json(page);
  }
}
