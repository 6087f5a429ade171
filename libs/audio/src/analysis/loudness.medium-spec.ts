import { describe, expect, it } from '@jest/globals';
import { audioLab } from '../../../../test/support/audio-lab.js';
import { decode, speech } from '../../../../test/support/audio-measure.js';
import { integratedLoudness } from '../../../../test/support/loudness-meter.js';
import { rowsOfForm } from '../../../../test/support/test-form.js';
import { gatedLoudness } from './loudness.js';
import { TrackMeter } from './track-meter.js';

const lab = audioLab();

/** Measures part of a file at a gain. Every third sample of 48 kHz is 16 kHz: the recordings have nothing above 8 kHz. */
async function measured(path: string, [from, to]: readonly [number, number], gain: number): Promise<number> {
  const samples = (await decode(lab.tools, path)).filter((_, at) => at % 3 === 0);
  const meter = new TrackMeter();
  meter.push(Int16Array.from(samples, (sample) => Math.round(sample * gain * 32_767)));
  const { loudness } = meter.end(samples.length * 3);
  return gatedLoudness(loudness, from * 50, to * 50);
}

describe('gatedLoudness', () => {
  const stretches = [
    ['en', 0, 75],
    ['es', 5, 20],
    ['fr', 30, 38],
    ['it', 60, 75],
    ['ru', 10, 13],
  ] as const;
  it.each(rowsOfForm(stretches, ['ru']))(
    'agrees with ebur128 within 0.5 LU: %s from %d to %d s',
    async (language, from, to) => {
      const expected = await integratedLoudness(lab.tools, speech(language), [
        '-ss',
        String(from),
        '-t',
        String(to - from),
      ]);
      const found = await measured(speech(language), [from, to], 1);
      expect(Math.abs(found - expected)).toBeLessThan(0.5);
      const quieter = await measured(speech(language), [from, to], 0.1);
      expect(Math.abs(quieter - (expected - 20))).toBeLessThan(0.5);
    },
  );
});
