import { beforeAll, describe, expect, it } from '@jest/globals';
import { availableParallelism } from 'node:os';
import { audioTools } from '../../../../../test/support/audio-measure.js';
import { draw, seededRandom } from '../../../test/random.js';
import { opusPieces, type Speaker } from '../../../test/real-speech.js';
import { Ffmpeg } from '../ffmpeg.js';
import { similarityScores } from './similarity.js';
import { voiceprint, type Voiceprint } from './voiceprint.js';

/** Degradations of recordings, as filters of ffmpeg. */
const degradations = {
  telephone: 'highpass=f=300,lowpass=f=3400',
  'narrow codec': 'aresample=8000,aresample=48000',
  clipped: 'volume=24dB,alimiter=limit=1:level=false,aformat=sample_fmts=s16',
  noisy: 'aformat=sample_fmts=fltp,aeval=val(0)+0.05*(random(0)*2-1):c=same',
} as const;
type Degradation = keyof typeof degradations;

/** Three of the five speakers, male and female. A voiceprint takes 0.2 s of CPU, and the tests need 75. */
const speakers: readonly Speaker[] = ['en', 'fr', 'ru'];

/** Number of stretches per speaker. */
const stretchCount = 5;

/** Clean and degraded pieces of 8 s, from the same stretches in the same order. */
type Pieces = Readonly<Record<'clean' | Degradation, readonly Voiceprint[]>>;

let pieces: ReadonlyMap<Speaker, Pieces>;

async function piecesOf(ffmpeg: Ffmpeg, speaker: Speaker): Promise<Pieces> {
  const { signal } = new AbortController();
  const entries = Object.entries({ clean: 'anull', ...degradations }).map(async ([name, filter]) => {
    const encoded = await opusPieces(speaker, 8, filter, stretchCount);
    return [name, await Promise.all(encoded.map(async (opus) => voiceprint(await ffmpeg.decode(opus, signal))))];
  });
  return Object.fromEntries(await Promise.all(entries)) as Pieces;
}

/** Returns the share of `draws` voices per speaker in which every degraded sample scores below every clean one. */
function belowClean(degradation: Degradation, clean: number, degraded: number, draws = 40): number {
  const random = seededRandom(2028);
  let right = 0;
  for (const speaker of speakers) {
    const of = pieces.get(speaker)!;
    for (let i = 0; i < draws; i++) {
      const stretches = draw(random, [...of.clean.keys()], clean + degraded);
      const scores = similarityScores([
        ...stretches.slice(0, clean).map((at) => of.clean[at]!),
        ...stretches.slice(clean).map((at) => of[degradation][at]!),
      ]);
      if (Math.max(...scores.slice(clean)) < Math.min(...scores.slice(0, clean))) right++;
    }
  }
  return right / (speakers.length * draws);
}

describe('similarityScores of degraded samples, on real speech in Opus', () => {
  beforeAll(async () => {
    const ffmpeg = new Ffmpeg(audioTools().ffmpeg.path, availableParallelism());
    const all = new Map<Speaker, Pieces>();
    for (const speaker of speakers) all.set(speaker, await piecesOf(ffmpeg, speaker));
    pieces = all;
  }, 300_000);

  const names = Object.keys(degradations) as Degradation[];
  it.each(names)('score a %s sample below the same stretch without it', (degradation) => {
    for (const of of pieces.values()) {
      for (const [at, clean] of of.clean.entries()) {
        const [good, bad] = similarityScores([clean, of[degradation][at]!]);
        expect(bad).toBeLessThan(good!);
      }
    }
  });

  it.each(names)('score a %s sample below another, clean one in at least 97 %% of draws', (degradation) => {
    expect(belowClean(degradation, 1, 1)).toBeGreaterThanOrEqual(0.97);
  });

  it.each(names)('score %s samples below all clean ones in at least 97 %% of voices', (degradation) => {
    for (const [clean, degraded] of [
      [3, 1],
      [4, 1],
      [3, 2],
    ] as const) {
      expect(belowClean(degradation, clean, degraded)).toBeGreaterThanOrEqual(0.97);
    }
  });

  it('prefer neither a telephone nor a clipped sample to a clean one of the same voice', () => {
    for (const { clean, telephone, clipped } of pieces.values()) {
      for (const at of clean.keys()) {
        const scores = similarityScores([telephone[at]!, clean[at]!, clipped[at]!]);
        expect(Math.max(...scores)).toBe(scores[1]);
      }
    }
  });

  it.each(names)('depend only on similarity if all samples of a voice are %s', (degradation) => {
    for (const of of pieces.values()) {
      const [all, clean] = [similarityScores(of[degradation]), similarityScores(of.clean)];
      expect(Math.max(...all)).toBeGreaterThan(Math.max(...clean) - 0.1);
    }
  });
});
