import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { Recompute } from '#libs/recompute';
import { contractTime, contractTimeOrNull, timeOrNullSchema, timeSchema } from '../http/wire-format.js';

const idSchema = { type: String, format: 'uuid', example: '3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11' } as const;
const countSchema = { type: 'integer', minimum: 0 } as const;

@ApiSchema({ name: 'StartedRecompute' })
export class StartedRecomputeDto {
  @ApiProperty({ ...idSchema, nullable: true, description: 'Id of the recompute; null after a dry run.' })
  readonly id: string | null;

  @ApiProperty({ ...countSchema, description: 'How many voices it has.', example: 500 })
  readonly voices: number;
}

@ApiSchema({ name: 'RecomputeCounts' })
export class RecomputeCountsDto {
  @ApiProperty({
    ...countSchema,
    description: 'Voices whose turn has not come, or that were locked at it.',
    example: 379,
  })
  readonly waiting: number;

  @ApiProperty({ ...countSchema, description: 'Voices that are being embedded.', example: 4 })
  readonly running: number;

  @ApiProperty({ ...countSchema, description: 'Voices with a new embedding.', example: 110 })
  readonly done: number;

  @ApiProperty({
    ...countSchema,
    description: 'Voices whose embedding failed. Their last good one stays.',
    example: 1,
  })
  readonly failed: number;

  @ApiProperty({
    ...countSchema,
    description:
      'Voices that were not embedded: deleted or embedded otherwise meanwhile, without consent, over a quota, or ' +
      'cancelled before their turn.',
    example: 6,
  })
  readonly skipped: number;
}

@ApiSchema({ name: 'RecomputeForecast' })
export class RecomputeForecastDto {
  @ApiProperty({ type: Number, minimum: 0, description: 'Voices an hour, on average since the start.', example: 61.5 })
  readonly voices_per_hour: number;

  @ApiProperty({ ...timeSchema, description: 'When the recompute will have finished at this rate.' })
  readonly finishes_at: string;
}

@ApiSchema({ name: 'EngineOlderThan' })
export class EngineOlderThanDto {
  @ApiProperty({
    type: String,
    description: 'Version that the engines of the embeddings were older than.',
    example: '2.0',
  })
  readonly version: string;
}

const states = ['running', 'cancelled', 'completed'] as const satisfies readonly Recompute['state'][];

@ApiSchema({ name: 'Recompute' })
export class RecomputeDetailsDto {
  @ApiProperty({ ...idSchema, description: 'Id of the recompute.' })
  readonly id: string;

  @ApiProperty({ type: String, description: 'TTS type of the embeddings.', example: 'kyutai' })
  readonly tts_type: string;

  @ApiProperty({
    type: EngineOlderThanDto,
    nullable: true,
    description: 'Only embeddings of older engine versions; null: of any version.',
  })
  readonly engine_older_than: EngineOlderThanDto | null;

  @ApiProperty({ type: String, nullable: true, description: 'Name of the partner; null: all partners.', example: null })
  readonly partner: string | null;

  @ApiProperty({
    enum: states,
    enumName: 'RecomputeState',
    enumSchema: { description: 'How a recompute stands.' },
    description:
      '`running` until no voice is left. After `cancelled`, voices that were being embedded may still be finished.',
    example: 'running',
  })
  readonly state: Recompute['state'];

  @ApiProperty({
    ...countSchema,
    description: 'How many voices it had at its start: the sum of `counts`.',
    example: 500,
  })
  readonly voices: number;

  @ApiProperty({ type: RecomputeCountsDto, description: 'How many voices stand how.' })
  readonly counts: RecomputeCountsDto;

  @ApiProperty({
    type: RecomputeForecastDto,
    nullable: true,
    description: 'What is left, at its own rate; null before the first voice has ended, and when it has finished.',
  })
  readonly forecast: RecomputeForecastDto | null;

  @ApiProperty({ ...timeSchema, description: 'When it was started.' })
  readonly created_at: string;

  @ApiProperty({ ...timeOrNullSchema, description: 'When its last voice ended; null if it has not.', example: null })
  readonly finished_at: string | null;
}

/** A recompute in the contract's shape. */
export function recomputeAnswer(recompute: Recompute): RecomputeDetailsDto {
  const { waiting, running, done, failed, skipped, voicesPerHour, finishesAt } = recompute;
  const isForecast = voicesPerHour !== null && finishesAt !== null;
  return {
    id: recompute.id,
    tts_type: recompute.ttsType,
    engine_older_than: recompute.engineOlderThan === null ? null : { version: recompute.engineOlderThan },
    partner: recompute.partner,
    state: recompute.state,
    voices: recompute.voices,
    counts: { waiting, running, done, failed, skipped },
    forecast: isForecast
      ? { voices_per_hour: Math.round(voicesPerHour * 10) / 10, finishes_at: contractTime(finishesAt) }
      : null,
    created_at: contractTime(recompute.createdAt),
    finished_at: contractTimeOrNull(recompute.finishedAt),
  };
}
