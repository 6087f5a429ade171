import { join } from 'node:path';
import {
  encodeToFile,
  gradeOf,
  measureQuality,
  measureRecording,
  recordingLimits,
  type AnalysisTrack,
  type QualityCode,
  type QualityGrade,
} from '#libs/audio';
import type { Stretch } from '../../libs/audio/src/cutting/cut-plan.js';
import { wavFacts } from '../support/recording-facts.js';
import type { CleanSpeech } from './clean-speech.js';
import type { Damage, DamageLab } from './damages.js';

/** What Timbre says of one stretch. */
export interface Verdict {
  readonly grade: QualityGrade;
  readonly codes: readonly QualityCode[];
}

/** What Timbre says of the stretches of a damaged recording, in the two ways that it measures. */
export interface Verdicts {
  /** Measured while the recording is encoded. */
  readonly uploaded: readonly Verdict[];
  /** Measured later, from the stored original in Opus. */
  readonly stored: readonly Verdict[];
}

/** Damages a recording, converts it as an upload, and judges its stretches. */
export async function judge(lab: DamageLab, damage: Damage, clean: CleanSpeech): Promise<Verdicts> {
  const { tools, folder: workFolder } = lab;
  const inputPath = join(workFolder, 'damaged.wav');
  const stretches = await damage.make(clean, inputPath, lab);
  const shared = { tools, workFolder, limits: recordingLimits(3_600) };
  const outputPath = join(workFolder, 'stored.opus');
  const { track } = await encodeToFile({ ...shared, inputPath, outputPath, facts: wavFacts, serial: 1 });
  const stored = await measureRecording({ ...shared, inputPath: outputPath });
  return { uploaded: verdictsOf(track, stretches), stored: verdictsOf(stored, stretches) };
}

function verdictsOf(track: AnalysisTrack, stretches: readonly Stretch[]): readonly Verdict[] {
  return stretches.map((stretch) => {
    const { grade, reasons } = gradeOf(measureQuality(track, stretch));
    return { grade, codes: reasons.map(({ code }) => code) };
  });
}

/** How many of some verdicts are right. */
export interface Tally {
  readonly total: number;
  /** They have the reason that they should have. */
  readonly hits: number;
  /** They have a reason that they should not have. */
  readonly falseAlarms: number;
}

/** Compares verdicts with the reason that they should have; null: none. */
export function tally(verdicts: readonly Verdict[], expected: QualityCode | null): Tally {
  return {
    total: verdicts.length,
    hits: verdicts.filter(({ codes }) => (expected === null ? codes.length === 0 : codes.includes(expected))).length,
    falseAlarms: verdicts.filter(({ codes }) => codes.some((code) => code !== expected)).length,
  };
}
