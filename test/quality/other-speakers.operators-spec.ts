import { describe, expect, it } from '@jest/globals';
import { audioTools } from '../support/audio-measure.js';
import { judgeSpeakers } from './other-speakers.js';

describe('otherSpeakers, by the scores of the acoustic engine', () => {
  it('finds one other speaker among five or more samples of 8 s, and accuses hardly anybody else', async () => {
    const tallies = await judgeSpeakers(audioTools(), 100);
    const of = (name: string) => {
      const found = tallies.find((tally) => tally.name.startsWith(name));
      if (found === undefined) throw new Error(`There are no voices with ${name}`);
      return found;
    };
    for (const name of ['one of five', 'one of eight', 'two of eight']) {
      expect(of(name).hits / of(name).otherSamples).toBeGreaterThan(0.85);
    }
    for (const { falseAlarms, ownSamples } of tallies) expect(falseAlarms / ownSamples).toBeLessThan(0.02);
  });
});
