import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { isPlace, VoicesService, type ListedVoice, type VoiceSearch } from '#libs/voices';
import { Partner } from '../access/access.decorators.js';
import type { PartnerRef } from '../http/request-context.js';
import { rejectionOf } from '../body/fields.pipe.js';
import { Cursors, pageOf, PublicUrls } from '../http/links.js';
import { nextPageLink, PartnerParameter } from '../openapi/parameters.js';
import { Operation } from '../openapi/operation.js';
import { failedMidway } from '../http/client-gone.js';
import { filterOf, ListVoicesParameters, ListVoicesQuery, searchOf } from './list-voices.dto.js';
import { voiceListExample } from './voice-examples.js';
import { pageRows, voiceListJson, type ReadPage } from './voice-list.js';
import { VoiceSummaryDto, voiceSummaryDto } from './voice-summary.answers.js';

/** Each order has cursors of its own, which name the place of the last voice of a page. */
const cursorsOf = ({ sort, isDescending = false }: VoiceSearch): Cursors => {
  const format = sort === 'name' && !isDescending ? 'v1:' : `${sort} ${isDescending ? 'desc' : 'asc'}:`;
  return new Cursors(format, (place) => isPlace(sort, place));
};

@ApiTags('Voices')
@Controller('voices/:partner')
export class ListVoicesController {
  constructor(
    private readonly voices: VoicesService,
    private readonly urls: PublicUrls,
  ) {}

  @Get()
  @Operation({
    summary: 'List Voices',
    description:
      "Returns the partner's voices: all of them ordered by name, unless parameters say otherwise. With `limit` it returns " +
      'one page, and the `Link` header contains the URL of the next page, if there is one. In the order of `updated_at`, a ' +
      'voice that changes meanwhile moves to another place of the list, so it may be in two pages or in none.',
    failures: ['partner_not_found', 'invalid_parameter'],
    failureExamples: { invalid_parameter: rejectionOf(ListVoicesQuery, { limit: 0 }) },
  })
  @PartnerParameter()
  @ListVoicesParameters()
  @ApiExtraModels(VoiceSummaryDto)
  @ApiResponse({
    status: 200,
    description: 'The voices in the order that was asked for.',
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
    @Query() query: ListVoicesQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { cursor, limit } = query;
    const search = searchOf(query);
    const cursors = cursorsOf(search);
    const after = cursors.read(cursor);
    const readPage: ReadPage<ListedVoice> = (page) => this.voices.listPage(partner.id, search, page);
    if (limit !== undefined) {
      const url = `${this.urls.api}/voices/${partner.name}`;
      const read = await readPage({ after, limit: limit + 1 });
      const list = { url, limit, filter: filterOf(query) };
      const page = pageOf(response, read, { ...list, cursorOf: ({ place }) => cursors.write(place) });
      response.json(page.map(voiceSummaryDto));
      return;
    }
    const first = await readPage({ after, limit: pageRows });
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    await pipeline(Readable.from(voiceListJson(first, readPage, voiceSummaryDto)), response).catch(
      failedMidway(request, response),
    );
  }
}
