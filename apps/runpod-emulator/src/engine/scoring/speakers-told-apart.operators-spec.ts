import { beforeAll, describe, expect, it } from '@jest/globals';
import { availableParallelism } from 'node:os';
import { audioTools } from '../../../../../test/support/audio-measure.js';
import { draw, seededRandom } from '../../../test/random.js';
import { opusOf, opusPieces, speakers, type Speaker } from '../../../test/real-speech.js';
import { Ffmpeg } from '../ffmpeg.js';
import { likeness, similarityScores } from './similarity.js';
import { voiceprint, type Voiceprint } from './voiceprint.js';

let ffmpeg: Ffmpeg;
const { signal } = new AbortController();

async function voiceprintOf(opus: Buffer): Promise<Voiceprint> {
  return voiceprint(await ffmpeg.decode(opus, signal));
}

async function voiceprints(seconds: number): Promise<ReadonlyMap<Speaker, readonly Voiceprint[]>> {
  const entries = speakers.map(async (speaker) => {
    const pieces = await opusPieces(speaker, seconds);
    return [speaker, await Promise.all(pieces.map(voiceprintOf))] as const;
  });
  return new Map(await Promise.all(entries));
}

/** en and es are the same person in two languages. */
const areOnePerson = (a: Speaker, b: Speaker): boolean => a === b || (/^e[ns]$/.test(a) && /^e[ns]$/.test(b));

describe('the acoustic engine distinguishes speakers, on real speech in Opus', () => {
  let of5s: ReadonlyMap<Speaker, readonly Voiceprint[]>;
  let of8s: ReadonlyMap<Speaker, readonly Voiceprint[]>;
  beforeAll(async () => {
    ffmpeg = new Ffmpeg(audioTools().ffmpeg.path, availableParallelism());
    [of5s, of8s] = await Promise.all([voiceprints(5), voiceprints(8)]);
  });

  it('finds a 5 s piece closer to its own speaker in at least 95 % of 1,000 draws', () => {
    const random = seededRandom(2026);
    let right = 0;
    for (let i = 0; i < 1000; i++) {
      const own = draw(random, speakers, 1)[0]!;
      const foreign = draw(
        random,
        speakers.filter((other) => !areOnePerson(own, other)),
        1,
      )[0]!;
      const [piece, sibling] = draw(random, of5s.get(own)!, 2);
      const [stranger] = draw(random, of5s.get(foreign)!, 1);
      if (likeness(piece!, sibling!) > likeness(piece!, stranger!)) right++;
    }
    expect(right).toBeGreaterThanOrEqual(950);
  });

  it('scores three pieces of 8 s of another speaker lowest among twelve in at least 95 of 100 draws', () => {
    const random = seededRandom(2027);
    let right = 0;
    for (let i = 0; i < 100; i++) {
      const own = draw(random, speakers, 1)[0]!;
      const others = speakers.filter((other) => !areOnePerson(own, other));
      const foreign = draw(
        random,
        others.flatMap((other) => of8s.get(other)!),
        3,
      );
      const scores = similarityScores([...foreign, ...draw(random, of8s.get(own)!, 9)]);
      if (Math.max(...scores.slice(0, 3)) < Math.min(...scores.slice(3))) right++;
    }
    expect(right).toBeGreaterThanOrEqual(95);
  });

  it('scores noise and silence below every piece of the voice', async () => {
    const noise = await voiceprintOf(await opusOf('anoisesrc=a=0.3:r=48000', 5));
    const silence = await voiceprintOf(await opusOf('anullsrc=r=48000:cl=mono', 5));
    const scores = similarityScores([...of5s.get('fr')!, noise, silence]);
    expect(scores.at(-2)).toBeLessThan(Math.min(...scores.slice(0, -2)));
    expect(scores.at(-1)).toBe(-1);
  });
});
