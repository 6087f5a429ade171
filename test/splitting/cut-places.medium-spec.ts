import { expect, it } from '@jest/globals';
import { audioTools } from '../support/audio-measure.js';
import { longDescribe } from '../support/test-form.js';
import { judgeCuts } from './cut-places.js';

longDescribe('planSplit of real speech, clean and damaged', () => {
  it('cuts inside of speech in at most 2 % of places in speech mode; in fixed mode in most', async () => {
    const places = await judgeCuts(audioTools(), 3);
    expect(places.map(({ condition }) => condition)).toContain('babble, 20 dB SNR');
    for (const { condition, mode, inSpeech, cuts, kept } of places) {
      const isGood = mode === 'fixed' ? inSpeech > 0.5 * cuts : inSpeech <= 0.02 * cuts;
      expect({ condition, mode, inSpeech, cuts, isGood }).toMatchObject({ isGood: true });
      expect(cuts).toBeGreaterThan(50);
      expect(kept).toBeGreaterThan(0.9);
    }
  });
});
