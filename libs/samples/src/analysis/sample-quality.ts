import {
  decodedTime,
  measureQuality,
  samplesPerSecond,
  type AnalysisTrack,
  type MissingAudio,
  type QualityFigures,
} from '#libs/audio';
import { rowsOf, type SampleEntity, type Transaction } from '#libs/database';

/** An original that was measured. */
export interface MeasuredOriginal {
  readonly track: AnalysisTrack;
  readonly missing: readonly MissingAudio[];
}

/** Returns what was measured of a sample when it was stored, or later with its original. */
export function qualityOf(sample: Pick<SampleEntity, 'quality'>): QualityFigures | null {
  return sample.quality as QualityFigures | null;
}

interface UnmeasuredSample {
  readonly id: string;
  readonly sourceStartSeconds: number;
  readonly durationSeconds: number;
}

/**
 * Stores the quality of a voice's samples that have none and were cut from the original. Uploaded samples have no place in
 * the original, and stay as they are. Must run in a transaction that holds the voice's row.
 *
 * @returns the number of samples that have a quality now and had none
 */
export async function fillQuality(tx: Transaction, voiceId: string, original: MeasuredOriginal): Promise<number> {
  const samples = await rowsOf<UnmeasuredSample>(
    tx,
    `SELECT id, source_start_seconds AS "sourceStartSeconds", duration_seconds AS "durationSeconds" FROM samples
     WHERE voice_id = $1 AND quality IS NULL AND source_start_seconds IS NOT NULL`,
    [voiceId],
  );
  if (samples.length === 0) return 0;
  await rowsOf(
    tx,
    `UPDATE samples SET quality = measured.quality
     FROM unnest($1::uuid[], $2::jsonb[]) AS measured (id, quality) WHERE samples.id = measured.id`,
    [samples.map(({ id }) => id), samples.map((sample) => JSON.stringify(figuresOf(sample, original)))],
  );
  return samples.length;
}

function figuresOf(sample: UnmeasuredSample, { track, missing }: MeasuredOriginal): QualityFigures {
  return measureQuality(track, {
    startSamples: Math.round(decodedTime(sample.sourceStartSeconds, missing) * samplesPerSecond),
    durationSamples: Math.round(sample.durationSeconds * samplesPerSecond),
  });
}
