import { describe, expect, it } from '@jest/globals';
import { audioTools } from '../support/audio-measure.js';
import { judgeSpeakers } from './other-speakers.js';

describe('otherSpeakers, by the scores of the acoustic engine', () => {
  it('finds another speaker in one sample of 8 s, or in half of it, and accuses hardly anybody else', async () => {
    const tallies = await judgeSpeakers(audioTools(), 100);
    const of = (name: string) => {
      const found = tallies.find((tally) => tally.name.startsWith(name));
      if (found === undefined) throw new Error(`There are no voices with ${name}`);
      return found;
    };
    for (const name of ['one of five', 'one of eight', 'two of eight', 'half of one']) {
      expect(of(name).hits / of(name).otherSamples).toBeGreaterThan(0.85);
    }
    // One of the 45 pieces, of Spanish, sounds odd to other scorers too (docs/quality.md).
    for (const { falseAlarms, ownSamples } of tallies) expect(falseAlarms / ownSamples).toBeLessThan(0.03);
  });
});
