import { createHash } from 'node:crypto';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { samplesPerSecond, waveformOf } from '#libs/audio';
import { VoiceTracks } from '#libs/samples';
import type { VoiceRef } from '#libs/voices';
import { Voice } from '../access/access.decorators.js';
import { rejectionOf } from '../body/fields.pipe.js';
import { mostSeconds } from '../body/field-rules.js';
import { isNotModified } from '../files/file-answer.js';
import { Operation } from '../openapi/operation.js';
import { VoiceParameters } from '../openapi/parameters.js';
import { IfNoneMatchHeader } from '../openapi/responses.js';
import { WaveformDto, waveformDto, waveformPoints, WaveformQuery, waveformRange } from './waveform.answers.js';

@ApiTags('Splitting')
@Controller('voices/:partner/:voice/waveform')
export class WaveformController {
  constructor(private readonly tracks: VoiceTracks) {}

  @Get()
  @Operation({
    summary: 'Get Waveform',
    description:
      'Returns the levels of the original recording for drawing it, and where somebody speaks, also while the voice is ' +
      'being processed. A recording that an earlier version has converted is measured with the first request, which ' +
      'takes some seconds for each hour. The request fails with 409 while the recording is being converted, or if the ' +
      'voice has none.',
    failures: ['voice_not_found', 'invalid_parameter', 'voice_locked', 'no_original'],
    failureExamples: { invalid_parameter: rejectionOf(WaveformQuery, { points: 9 }) },
  })
  @VoiceParameters()
  // Decorators are applied from the last to the first, and so are the parameters listed.
  @ApiQuery({
    name: 'to',
    required: false,
    description: 'Where it ends, in seconds of the recording. The default is the end of the recording.',
    schema: { type: 'number', minimum: 0, maximum: mostSeconds },
  })
  @ApiQuery({
    name: 'from',
    required: false,
    description: 'Where the waveform starts, in seconds of the recording.',
    schema: { type: 'number', minimum: 0, maximum: mostSeconds, default: 0 },
  })
  @ApiQuery({
    name: 'points',
    required: false,
    description: 'Number of points (10–10,000).',
    schema: {
      type: 'integer',
      minimum: waveformPoints.min,
      maximum: waveformPoints.max,
      default: waveformPoints.default,
    },
  })
  @ApiResponse({
    status: 200,
    description: 'The waveform.',
    headers: { ETag: { description: 'Entity tag, for `If-None-Match`.', required: true, schema: { type: 'string' } } },
    type: WaveformDto,
  })
  @IfNoneMatchHeader()
  @ApiResponse({ status: 304, description: 'The client already has this waveform: If-None-Match names its ETag.' })
  async getWaveform(
    @Voice() voice: VoiceRef,
    @Query() query: WaveformQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { track } = await this.tracks.ofVoice(voice.id);
    const durationSeconds = track.totalSamples / samplesPerSecond;
    const range = waveformRange(query, durationSeconds);
    const body = JSON.stringify(waveformDto(waveformOf(track, range), durationSeconds));
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    response.setHeader('ETag', etag);
    if (isNotModified(request.headers, etag)) response.status(304).end();
    else response.type('application/json').send(body);
  }
}
