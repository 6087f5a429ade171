import fc from 'fast-check';
import type { AnalysisTrack } from '#libs/audio';
import { trackOfLevels } from './made-tracks.js';

/** A recording whose speech is known. */
export interface SpokenTrack {
  readonly track: AnalysisTrack;
  /** Where somebody speaks, in frames: from (inclusive), to (exclusive). */
  readonly spoken: readonly (readonly [from: number, to: number])[];
}

/** A part of a recording: frames of speech, then frames of pause. */
export type SpokenPart = readonly [speechFrames: number, pauseFrames: number];

/** Speech between -15 and -25 dBFS that never rests: 8 and 21 have no common divisor. */
const speechLevel = (frame: number): number => 30 + ((frame * 8) % 21);

/** Pauses at -75 dBFS. */
const pauseLevel = (frame: number): number => 150 + (frame % 5);

/** Makes a recording that starts with a pause, and has these parts. */
export function spokenTrack(leadFrames: number, parts: readonly SpokenPart[], lastFrameSamples = 960): SpokenTrack {
  const level = Array.from({ length: leadFrames }, (_, frame) => pauseLevel(frame));
  const spoken = parts.map(([speechFrames, pauseFrames]) => {
    const from = level.length;
    for (let frame = 0; frame < speechFrames; frame += 1) level.push(speechLevel(level.length));
    for (let frame = 0; frame < pauseFrames; frame += 1) level.push(pauseLevel(level.length));
    return [from, from + speechFrames] as const;
  });
  const track = trackOfLevels({ level });
  return { track: { ...track, totalSamples: track.totalSamples - 960 + lastFrameSamples }, spoken };
}

/** Pauses that are part of a word, that have room for the air of one window, of two windows, and long silences. */
const anyPause = fc.oneof(
  fc.integer({ min: 1, max: 7 }),
  fc.integer({ min: 8, max: 14 }),
  fc.integer({ min: 15, max: 100 }),
  fc.integer({ min: 101, max: 400 }),
);

/** Phrases and speech without any pause, for up to some minutes. */
const anySpeech = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 50, max: 400 }) },
  { weight: 1, arbitrary: fc.integer({ min: 400, max: 4_000 }) },
);

/** How to make a recording: a recipe, because a failing test would print all levels. */
export type SpokenRecipe = readonly [leadFrames: number, parts: SpokenPart[], lastFrameSamples: number];

export const anySpoken: fc.Arbitrary<SpokenRecipe> = fc.tuple(
  fc.nat(400),
  fc.array(fc.tuple(anySpeech, anyPause), { minLength: 1, maxLength: 20, size: 'max' }),
  fc.integer({ min: 1, max: 960 }),
);
