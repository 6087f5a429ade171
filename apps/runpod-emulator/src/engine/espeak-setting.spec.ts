import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { espeakSetting } from './espeak-setting.js';

describe('espeakSetting', () => {
  it('finds the voice and the step nearest to what was measured at a pitch', () => {
    expect(espeakSetting(100)).toEqual({ voice: 'en-us', pitch: 52 });
    expect(espeakSetting(212)).toEqual({ voice: 'en-us+f2', pitch: 60 });
  });

  it('stays within eSpeak’s range for any pitch and rises with it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 20, max: 149, noNaN: true }),
        fc.double({ min: 0, max: 500, noNaN: true }),
        (hertz, more) => {
          const [low, high] = [espeakSetting(hertz), espeakSetting(hertz + more)];
          for (const { pitch } of [low, high]) expect(pitch >= 0 && pitch <= 99 && pitch % 4 === 0).toBe(true);
          if (low.voice === high.voice) expect(high.pitch).toBeGreaterThanOrEqual(low.pitch);
          else expect(high.voice).toBe('en-us+f2');
        },
      ),
    );
  });

  it('has a pitch for samples without one', () => {
    expect(espeakSetting(null)).toEqual(espeakSetting(140));
  });
});
