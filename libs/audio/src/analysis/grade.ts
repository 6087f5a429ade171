import type { QualityFigures } from './quality.js';

/** How suitable a sample is as the reference of a voice. */
export type QualityGrade = 'good' | 'fair' | 'poor';

/** Why a sample is not good. */
export type QualityCode =
  | 'mostly_silence'
  | 'clipped'
  | 'noisy'
  | 'too_quiet'
  | 'too_loud'
  | 'narrow_band'
  | 'cut_in_word'
  | 'other_speaker';

/** One reason against a sample, with a sentence for people. */
export interface QualityReason {
  readonly code: QualityCode;
  readonly message: string;
}

/** A grade and its reasons; a good sample has none. */
export interface GradedQuality {
  readonly grade: QualityGrade;
  readonly reasons: readonly QualityReason[];
}

/** How much of a sample another person says. */
export type OtherSpeakerExtent = 'whole' | 'part';

/** What is known of a sample besides its audio. */
export interface GradingContext {
  /** How much of it another person says, by its scores; only after an embedding. */
  readonly otherSpeaker?: OtherSpeakerExtent | undefined;
}

/** A figure makes a sample fair from the first threshold on, and poor from the second. docs/quality.md has the reasons. */
const limits = {
  speechRatio: { fair: 0.5, poor: 0.4 },
  clippedRatio: { fair: 0.001, poor: 0.01 },
  snrDb: { fair: 18, poor: 13 },
  quietLufs: { fair: -35, poor: -40 },
  loudLufs: { fair: -10, poor: Infinity },
  bandwidthHz: { fair: 7_000, poor: 5_500 },
} as const;

/** They lower the scores of a sample, whoever speaks. */
const lowersScores: readonly QualityCode[] = ['mostly_silence', 'clipped', 'noisy', 'narrow_band'];

type Finding = readonly [grade: QualityGrade, code: QualityCode, message: string];

/** Returns the grade of a sample, and the reasons for it. A grade refuses nothing; it orders. */
export function gradeOf(figures: QualityFigures, context: GradingContext = {}): GradedQuality {
  const recording = findings(figures).filter(([grade]) => grade !== 'good');
  const isScoreExplained = recording.some(([, code]) => lowersScores.includes(code));
  const found = [...recording, ...edges(figures), ...(isScoreExplained ? [] : speaker(context))];
  const isPoor = found.some(([grade]) => grade === 'poor');
  return {
    grade: isPoor ? 'poor' : found.length > 0 ? 'fair' : 'good',
    reasons: found.map(([, code, message]) => ({ code, message })),
  };
}

function findings(figures: QualityFigures): readonly Finding[] {
  const { speechRatio, loudnessLufs, clippedRatio, snrDb, bandwidthHz } = figures;
  const clipped = atLeast(clippedRatio, limits.clippedRatio);
  const lufs = `${loudnessLufs.toFixed(1)} LUFS`;
  const found: readonly Finding[] = [
    [below(speechRatio, limits.speechRatio), 'mostly_silence', `Only ${percent(speechRatio)} of the sample is speech`],
    [clipped, 'clipped', `${percent(clippedRatio)} of the sample is distorted, because it was recorded too loud`],
    [below(snrDb, limits.snrDb), 'noisy', `Speech is only ${Math.round(snrDb)} dB louder than the background noise`],
    [below(loudnessLufs, limits.quietLufs), 'too_quiet', `The sample is very quiet: ${lufs}`],
    [atLeast(loudnessLufs, limits.loudLufs), 'too_loud', `The sample is very loud: ${lufs}`],
    [atMost(bandwidthHz, limits.bandwidthHz), 'narrow_band', `The sample has no sound above ${kilohertz(bandwidthHz)}`],
  ];
  // Clipping makes a sample loud, and raises its noise relative to the peaks that it cuts off: consequences, not reasons.
  const follows: readonly QualityCode[] =
    clipped === 'good' ? [] : ['too_loud', ...(clipped === 'poor' ? ['noisy' as const] : [])];
  return found.filter(([, code]) => !follows.includes(code));
}

function edges({ startsInSpeech, endsInSpeech }: QualityFigures): readonly Finding[] {
  if (!startsInSpeech && !endsInSpeech) return [];
  const where = startsInSpeech && endsInSpeech ? 'starts and ends' : startsInSpeech ? 'starts' : 'ends';
  return [['fair', 'cut_in_word', `The sample ${where} while somebody speaks`]];
}

function speaker({ otherSpeaker }: GradingContext): readonly Finding[] {
  if (otherSpeaker === undefined) return [];
  const subject = otherSpeaker === 'whole' ? 'The sample' : 'A part of the sample';
  return [['poor', 'other_speaker', `${subject} does not sound like the other samples of the voice`]];
}

interface Limits {
  readonly fair: number;
  readonly poor: number;
}

const below = (value: number, { fair, poor }: Limits): QualityGrade =>
  value < poor ? 'poor' : value < fair ? 'fair' : 'good';

const atMost = (value: number, { fair, poor }: Limits): QualityGrade =>
  value <= poor ? 'poor' : value <= fair ? 'fair' : 'good';

const atLeast = (value: number, { fair, poor }: Limits): QualityGrade =>
  value >= poor ? 'poor' : value >= fair ? 'fair' : 'good';

/** A share as people read it: 32 %, 0.4 %. */
const percent = (share: number): string => `${Number((100 * share).toPrecision(share < 0.1 ? 1 : 2))} %`;

const kilohertz = (hertz: number): string => `${hertz / 1_000} kHz`;
