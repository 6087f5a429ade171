import { applyDecorators, Controller, Get, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { VoiceRef } from '#libs/voices';
import { Partner, Voice } from '../access/access.decorators.js';
import type { PartnerRef } from '../http/request-context.js';
import { Operation } from '../openapi/operation.js';
import { PartnerParameter, VoiceParameters } from '../openapi/parameters.js';
import { DetailsAnswers } from '../voices/details-answers.js';
import { voiceDetailsExample, voiceListExample } from '../voices/voice-examples.js';
import { eventText } from './event-stream.js';
import { EventStreams } from './event-streams.service.js';

const stream = 'text/event-stream';

/** Documents an answer of server-sent events. OpenAPI has no schema for single events. */
const StreamResponse = (description: string, example: string): MethodDecorator =>
  applyDecorators(
    ApiResponse({ status: 200, description, content: { [stream]: { schema: { type: 'string' }, example } } }),
  );

const [firstRow = {}] = voiceListExample;

@ApiTags('Voices')
@Controller('voices/:partner')
export class EventsController {
  constructor(
    private readonly streams: EventStreams,
    private readonly details: DetailsAnswers,
  ) {}

  @Get('events')
  @Operation({
    summary: 'Stream Events of a Partner',
    description:
      'Streams server-sent events: `voice.updated` with the list row of a voice that was created or has changed, and ' +
      '`voice.deleted` with its `id` and `name`. Events of one voice may be combined. A `heartbeat` follows every 5 ' +
      's. Send `Accept: text/event-stream`, as browsers do: without it, this is the path of a voice that is called ' +
      '`events`. With `Last-Event-ID` the stream starts with what has changed since that event. An event `reset` says ' +
      'that this is not known any more: list the voices again.',
    failures: ['partner_not_found', 'voice_not_found', 'too_many_streams'],
  })
  @PartnerParameter()
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event that the client has received. Browsers send it when they reconnect.',
    schema: { type: 'string', example: '48211-1796000000' },
  })
  @StreamResponse(
    'The events, until the client leaves, its key is revoked, or the server stops.',
    eventText('voice.updated', firstRow, '48213-1796000000'),
  )
  async streamEvents(
    @Partner() partner: PartnerRef,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    if (request.accepts(['application/json', stream]) === stream) return this.open(request, response, null);
    response.json(await this.details.read(partner, 'events', request));
  }

  @Get(':voice/events')
  @Operation({
    summary: 'Stream Events of a Voice',
    description:
      'Streams server-sent events: `voice.updated` with the details of the voice at once and after each change, also ' +
      'when its job makes progress, and a `heartbeat` every 5 s. After `voice.deleted` the stream ends.',
    failures: ['voice_not_found', 'too_many_streams'],
  })
  @VoiceParameters()
  @StreamResponse(
    'The events, until the voice is deleted, the client leaves, its key is revoked, or the server stops.',
    eventText('voice.updated', voiceDetailsExample),
  )
  streamVoiceEvents(@Voice() voice: VoiceRef, @Req() request: Request, @Res() response: Response): Promise<void> {
    return this.open(request, response, voice.id);
  }

  private async open(request: Request, response: Response, voiceId: string | null): Promise<void> {
    const { partner, caller } = request;
    if (partner === undefined || caller === undefined) throw new Error('The guards found no partner for this route');
    if (request.method === 'HEAD') {
      response.type(stream).end();
      return;
    }
    const lastEventId = request.get('Last-Event-ID');
    await this.streams.open({ partnerId: partner.id, voiceId, caller, lastEventId }, response);
  }
}
