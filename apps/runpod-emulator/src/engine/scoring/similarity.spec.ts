import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seededRandom } from '../../../test/random.js';
import { likenessToVoice, median, sampleLikenesses, similarityScores } from './similarity.js';
import { voiceprint } from './voiceprint.js';

const silence = voiceprint(new Float32Array(8000));
const noise = (seed: number, colour: number) => {
  const random = seededRandom(seed);
  let last = 0;
  return voiceprint(Float32Array.from({ length: 80000 }, () => (last = last * colour + (random() - 0.5) * 0.2)));
};

describe('similarityScores', () => {
  it('gives another speaker the lowest score, and a silent sample the minimum', () => {
    const scores = similarityScores([noise(1, 0.9), noise(2, 0.9), noise(3, -0.5), noise(4, 0.9), silence]);
    expect(scores[4]).toBe(-1);
    expect(scores[2]).toBeLessThan(0.1);
    for (const own of [0, 1, 3]) expect(scores[own]).toBeGreaterThan(0.9);
  });

  it('does not compare with silent samples', () => {
    const scores = similarityScores([noise(1, 0.9), noise(2, 0.9), silence, silence, silence]);
    expect(scores[0]).toBeGreaterThan(0.9);
  });

  it('scores equal samples 1', () => {
    expect(similarityScores([noise(1, 0.9), noise(1, 0.9), noise(1, 0.9)])).toEqual([1, 1, 1]);
  });

  it('scores a single sample by the similarity of its halves', () => {
    const [alone] = similarityScores([noise(1, 0.9)]);
    expect(alone).toBeGreaterThan(0.8);
    expect(similarityScores([silence])).toEqual([-1]);
    expect(similarityScores([])).toEqual([]);
  });

  it('is finite and in [-1, 1] for any audio, however short, loud or broken', () => {
    const sample = fc.float({ min: -1, max: 1, noNaN: true });
    const audio = fc.oneof(
      fc.array(sample, { maxLength: 1200 }),
      sample.map((value) => new Array<number>(900).fill(value)),
    );
    fc.assert(
      fc.property(fc.array(audio, { minLength: 1, maxLength: 5 }), (voices) => {
        const scores = similarityScores(voices.map((values) => voiceprint(Float32Array.from(values))));
        for (const score of scores) {
          expect(Number.isFinite(score)).toBe(true);
          expect(Math.abs(score)).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('likenessToVoice', () => {
  const voice = [noise(1, 0.9), noise(2, 0.9), silence];

  it('tells a recording of the same voice from another, whatever is silent', () => {
    expect(likenessToVoice(noise(3, 0.9), voice)).toBeGreaterThan(0.9);
    expect(likenessToVoice(noise(3, -0.5), voice)).toBeLessThan(0.1);
  });

  it('is the minimum if there is nothing to compare', () => {
    expect(likenessToVoice(silence, voice)).toBe(-1);
    expect(likenessToVoice(noise(3, 0.9), [silence])).toBe(-1);
  });
});

describe('median', () => {
  it('returns the middle value, or the mean of the two in the middle', () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});

describe('sampleLikenesses', () => {
  const engineRate = 16_000;
  const pieces = (...colours: readonly number[]) => {
    const random = seededRandom(colours.length);
    let last = 0;
    const perPiece = 4 * engineRate;
    return voiceprint(
      Float32Array.from({ length: colours.length * perPiece }, (_, at) => {
        const colour = colours[Math.floor(at / perPiece)] ?? 0;
        return (last = last * colour + (random() - 0.5) * 0.2);
      }),
    );
  };

  it('gives a sample that is another voice in part a low score of its parts only', () => {
    const own = [pieces(0.9, 0.9), pieces(0.9, 0.9, 0.9), pieces(0.9, 0.9)];
    const likenesses = sampleLikenesses([...own, pieces(0.9, 0.9, 0.9, -0.5)]);
    for (const { lowestPartScore } of likenesses.slice(0, 3)) expect(lowestPartScore).toBeGreaterThan(0.9);
    expect(likenesses[3]?.lowestPartScore).toBeLessThan(0.1);
    expect(likenesses[3]?.score).toBeGreaterThan(0.5);
  });

  it('gives none to samples shorter than two parts, silent parts and a single sample', () => {
    const short = pieces(0.9);
    const silent = voiceprint(new Float32Array(16 * engineRate));
    const lowest = sampleLikenesses([short, silent, pieces(0.9, 0.9)]).map((each) => each.lowestPartScore);
    expect(lowest).toEqual([null, null, expect.any(Number)]);
    expect(sampleLikenesses([pieces(0.9, 0.9)])[0]?.lowestPartScore).toBeNull();
  });
});
