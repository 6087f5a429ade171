import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { espeakSetting } from './espeak-setting.js';

describe('espeakSetting', () => {
  it('returns the voice and the step closest to a pitch', () => {
    expect(espeakSetting(100)).toEqual({ voice: 'en-us', pitch: 52 });
    expect(espeakSetting(212)).toEqual({ voice: 'en-us+f2', pitch: 60 });
  });

  it('uses the voice of the language', () => {
    expect([espeakSetting(100, 'fr').voice, espeakSetting(212, 'nl').voice]).toEqual(['fr', 'nl+f2']);
  });

  it('stays within eSpeak’s range for any pitch, and increases with it', () => {
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

  it('returns a default for samples without a pitch', () => {
    expect(espeakSetting(null)).toEqual(espeakSetting(140));
  });
});
