import type { AudioTools } from '#libs/audio';
import { packetSamples } from '../../libs/audio/src/ogg/opus-packet.js';
import type { Stretch } from '../../libs/audio/src/cutting/cut-plan.js';
import { decode, energyEnvelope, speech } from '../support/audio-measure.js';

export const languages = ['en', 'es', 'fr', 'it', 'ru'] as const;
export type Language = (typeof languages)[number];

/** Undamaged speech, and stretches of it that start and end in pauses. */
export interface CleanSpeech {
  readonly language: Language;
  /** Path of the FLAC file. */
  readonly path: string;
  /** Mono, 48 kHz. */
  readonly samples: Float32Array;
  /** Of 4 to 16 s, in order; they overlap. */
  readonly stretches: readonly Stretch[];
  /** The same stretches, but each starts at the loudest moment of its first second of speech. */
  readonly cutStretches: readonly Stretch[];
}

/** A pause is at least 220 ms below -55 dBFS: the undamaged recordings have no noise. */
const shortestPause = 11;
const pauseDecibels = -55;

const stretchFrames = { min: 4 * 50, max: 16 * 50 };

/** Loads a recording. Its stretches are found in its energy, without the product. @param count number of stretches */
export async function cleanSpeech(tools: AudioTools, language: Language, count: number): Promise<CleanSpeech> {
  const path = speech(language);
  const samples = await decode(tools, path);
  const levels = energyEnvelope(samples).map((energy) => 10 * Math.log10(energy / packetSamples));
  const middles = middlesOfPauses(levels);
  const possible = middles.flatMap((from) =>
    middles.filter((to) => isLongEnough(to - from)).map((to) => [from, to] as const),
  );
  const chosen = Array.from(
    { length: count },
    (_, at) => possible[Math.floor((at * possible.length) / count)] ?? [0, 0],
  );
  return {
    ...{ language, path, samples },
    stretches: chosen.map(([from, to]) => stretchOf(from, to)),
    cutStretches: chosen.map(([from, to]) => stretchOf(loudestFrame(levels, from, from + 75), to)),
  };
}

const isLongEnough = (frames: number): boolean => frames >= stretchFrames.min && frames <= stretchFrames.max;

const stretchOf = (from: number, to: number): Stretch => ({
  startSamples: from * packetSamples,
  durationSamples: (to - from) * packetSamples,
});

function middlesOfPauses(levels: Float64Array): readonly number[] {
  const middles: number[] = [];
  let quietSince = 0;
  levels.forEach((level, frame) => {
    if (level < pauseDecibels) return;
    if (quietSince > 0 && frame - quietSince >= shortestPause) middles.push(Math.floor((quietSince + frame) / 2));
    quietSince = frame + 1;
  });
  return middles;
}

function loudestFrame(levels: Float64Array, from: number, to: number): number {
  const part = levels.subarray(from, to);
  return from + part.indexOf(Math.max(...part));
}
