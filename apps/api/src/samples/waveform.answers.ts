import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { Waveform } from '#libs/audio';
import { AppError } from '#libs/errors';
import { OptionalSeconds, OptionalWholeNumber } from '../body/field-rules.js';
import { contractSeconds } from '../http/wire-format.js';

/** How many points a waveform may have. */
export const waveformPoints = { min: 10, max: 10_000, default: 1000 } as const;

/** The query of a waveform. The controller documents it. */
export class WaveformQuery {
  @OptionalWholeNumber(waveformPoints)
  points?: number;

  @OptionalSeconds()
  from?: number;

  @OptionalSeconds()
  to?: number;
}

/** A list of pairs of numbers. */
const pairs = {
  type: 'array',
  items: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 },
} as const;

@ApiSchema({ name: 'Waveform' })
export class WaveformDto {
  @ApiProperty({ type: Number, description: 'Length of the whole recording in seconds.', example: 185.4 })
  readonly duration: number;

  @ApiProperty({
    ...pairs,
    description:
      'One pair for each point, from `from` to `to`, all of the same duration: the largest sample value (peak) and the ' +
      'root mean square (RMS), both in dB below full scale (dBFS). 0 is full scale, -127.5 is silence. A point has the ' +
      'peak of the 20 ms frames that it touches.',
    example: [
      [-12.5, -24.1],
      [-6, -18.7],
    ],
  })
  readonly points: [peak: number, rms: number][];

  @ApiProperty({
    ...pairs,
    description:
      'Where somebody speaks between `from` and `to`: start and end of each stretch, in seconds of the recording. Between ' +
      'two stretches is a pause.',
    example: [[0.34, 4.92]],
  })
  readonly speech: [start: number, end: number][];
}

/**
 * Returns the part of the recording that a query asks for.
 *
 * @throws AppError `invalid_parameter` if it is empty or goes beyond the recording
 */
export function waveformRange({ points, from = 0, to }: WaveformQuery, durationSeconds: number) {
  const length = contractSeconds(durationSeconds);
  if (from >= length) throw AppError.field('from', `from must be less than the length of the recording (${length} s)`);
  if (to !== undefined && to > length) {
    throw AppError.field('to', `to must not exceed the length of the recording (${length} s)`);
  }
  if (to !== undefined && to <= from) throw AppError.field('to', `to must be greater than from (${from})`);
  return { fromSeconds: from, toSeconds: to ?? length, points: points ?? waveformPoints.default };
}

const decibels = (level: number): number => Math.round(level * 10) / 10;

export function waveformDto({ points, speech }: Waveform, durationSeconds: number): WaveformDto {
  return {
    duration: contractSeconds(durationSeconds),
    points: points.map(([peak, rms]) => [decibels(peak), decibels(rms)]),
    speech: speech.map(([start, end]) => [contractSeconds(start), contractSeconds(end)]),
  };
}
