import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { PartnerEntity } from '#libs/database';
import type { PartnerUsage } from '#libs/usage';
import { contractSeconds, contractTime, timeSchema } from '../http/wire-format.js';

/** A number in an answer; null if there is none. */
const LimitProperty = (description: string, example: number | null): PropertyDecorator =>
  ApiProperty({ type: 'integer', minimum: 0, nullable: true, description, example });

const CountProperty = (description: string, example: number): PropertyDecorator =>
  ApiProperty({ type: 'integer', minimum: 0, description, example });

@ApiSchema({ name: 'Quotas' })
export class QuotasDto {
  @LimitProperty('Maximum number of voices; null if unlimited.', 1000)
  readonly max_voices: number | null;

  @LimitProperty('Maximum size of all stored files in bytes; null if unlimited.', 107_374_182_400)
  readonly max_bytes: number | null;

  @LimitProperty('Maximum time on the GPU side in a calendar month (UTC), in seconds; null if unlimited.', null)
  readonly max_gpu_seconds_per_month: number | null;

  @LimitProperty('Days after the embedding of a voice until its original is removed; null if originals are kept.', null)
  readonly keep_originals_days: number | null;
}

@ApiSchema({ name: 'Usage' })
export class UsageDto {
  @CountProperty('Number of voices.', 12)
  readonly voices: number;

  @CountProperty('Number of samples of all voices.', 240)
  readonly samples: number;

  @ApiProperty({ type: Number, minimum: 0, description: 'Duration of all samples in seconds.', example: 3600 })
  readonly seconds: number;

  @CountProperty('Size of all stored files in bytes. Files that are about to be removed do not count.', 98_304_000)
  readonly bytes: number;

  @CountProperty('Number of successful embeddings: one for each voice and TTS type.', 11)
  readonly embeddings: number;

  @ApiProperty({
    type: Number,
    minimum: 0,
    description:
      'Seconds that the jobs which ended since `since` ran on the GPU side, failed and cancelled ones included.',
    example: 421.7,
  })
  readonly gpu_seconds: number;

  @ApiProperty({ ...timeSchema, description: 'Start of the current month in UTC.', example: '2025-01-01T00:00:00Z' })
  readonly since: string;

  @ApiProperty({ type: QuotasDto, description: 'What the partner may use.' })
  readonly quotas: QuotasDto;
}

type StoredQuotas = Pick<PartnerEntity, 'maxVoices' | 'maxBytes' | 'maxGpuSecondsPerMonth' | 'keepOriginalsDays'>;

export const quotasDto = (quotas: StoredQuotas): QuotasDto => ({
  max_voices: quotas.maxVoices,
  max_bytes: quotas.maxBytes,
  max_gpu_seconds_per_month: quotas.maxGpuSecondsPerMonth,
  keep_originals_days: quotas.keepOriginalsDays,
});

/** @param defaultKeepDays for partners that have no time of their own */
export function usageDto(usage: PartnerUsage, defaultKeepDays: number | null): UsageDto {
  const { voices, samples, seconds, bytes, embeddings, gpuSeconds, since } = usage;
  return {
    voices,
    samples,
    seconds: contractSeconds(seconds),
    bytes,
    embeddings,
    gpu_seconds: contractSeconds(gpuSeconds),
    since: contractTime(since),
    quotas: quotasDto({ ...usage, keepOriginalsDays: usage.keepOriginalsDays ?? defaultKeepDays }),
  };
}
