import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { goodFigures } from '../../../../test/support/quality-figures.js';
import { gradeOf, type OtherSpeakerExtent } from './grade.js';
import type { QualityFigures } from './quality.js';

const graded = (figures: Partial<QualityFigures>, otherSpeaker?: OtherSpeakerExtent) => {
  const { grade, reasons } = gradeOf({ ...goodFigures, ...figures }, { otherSpeaker });
  return [grade, ...reasons.map(({ code }) => code)];
};

const messageOf = (figures: Partial<QualityFigures>) => gradeOf({ ...goodFigures, ...figures }).reasons[0]?.message;

describe('gradeOf', () => {
  it('gives a good sample no reasons', () => {
    expect(gradeOf(goodFigures)).toEqual({ grade: 'good', reasons: [] });
  });

  it.each([
    [{ speechRatio: 0.5 }, ['good']],
    [{ speechRatio: 0.49 }, ['fair', 'mostly_silence']],
    [{ speechRatio: 0.39 }, ['poor', 'mostly_silence']],
    [{ clippedRatio: 0.0009 }, ['good']],
    [{ clippedRatio: 0.001 }, ['fair', 'clipped']],
    [{ clippedRatio: 0.01 }, ['poor', 'clipped']],
    [{ snrDb: 18 }, ['good']],
    [{ snrDb: 17.9 }, ['fair', 'noisy']],
    [{ snrDb: 12.9 }, ['poor', 'noisy']],
    [{ loudnessLufs: -35 }, ['good']],
    [{ loudnessLufs: -35.1 }, ['fair', 'too_quiet']],
    [{ loudnessLufs: -40.1 }, ['poor', 'too_quiet']],
    [{ loudnessLufs: -10.1 }, ['good']],
    [{ loudnessLufs: -10 }, ['fair', 'too_loud']],
    [{ bandwidthHz: 7_500 }, ['good']],
    [{ bandwidthHz: 7_000 }, ['fair', 'narrow_band']],
    [{ bandwidthHz: 5_500 }, ['poor', 'narrow_band']],
    [{ startsInSpeech: true }, ['fair', 'cut_in_word']],
    [{ endsInSpeech: true }, ['fair', 'cut_in_word']],
  ] as const)('grades %j as %j', (figures, expected) => {
    expect(graded(figures)).toEqual(expected);
  });

  it('gives every reason that there is, and the worst grade', () => {
    const figures = { speechRatio: 0.45, loudnessLufs: -50, bandwidthHz: 4_000, startsInSpeech: true };
    expect(graded(figures)).toEqual(['poor', 'mostly_silence', 'too_quiet', 'narrow_band', 'cut_in_word']);
  });

  it('does not count what follows from clipping', () => {
    expect(graded({ clippedRatio: 0.4, snrDb: 10, loudnessLufs: -2 })).toEqual(['poor', 'clipped']);
    expect(graded({ clippedRatio: 0.002, snrDb: 10, loudnessLufs: -2 })).toEqual(['poor', 'clipped', 'noisy']);
  });

  it('names another speaker unless the recording explains the score', () => {
    expect(graded({}, 'whole')).toEqual(['poor', 'other_speaker']);
    expect(graded({ loudnessLufs: -37, endsInSpeech: true }, 'part')).toEqual([
      ...['poor', 'too_quiet', 'cut_in_word', 'other_speaker'],
    ]);
    expect(graded({ bandwidthHz: 4_500 }, 'whole')).toEqual(['poor', 'narrow_band']);
  });

  it('says in its sentences what was measured', () => {
    expect(messageOf({ speechRatio: 0.312 })).toBe('Only 31 % of the sample is speech');
    expect(messageOf({ clippedRatio: 0.0432 })).toBe(
      '4 % of the sample is distorted, because it was recorded too loud',
    );
    expect(messageOf({ snrDb: 9.6 })).toBe('Speech is only 10 dB louder than the background noise');
    expect(messageOf({ loudnessLufs: -45.04 })).toBe('The sample is very quiet: -45.0 LUFS');
    expect(messageOf({ bandwidthHz: 4_500 })).toBe('The sample has no sound above 4.5 kHz');
    expect(messageOf({ startsInSpeech: true, endsInSpeech: true })).toBe(
      'The sample starts and ends while somebody speaks',
    );
  });

  it('does not grade better what is worse', () => {
    const order = ['good', 'fair', 'poor'];
    const worse = fc.record({
      speech: fc.double({ min: 0, max: 1, noNaN: true }),
      snr: fc.double({ min: 0, max: 60, noNaN: true }),
    });
    fc.assert(
      fc.property(worse, fc.double({ min: 0, max: 1, noNaN: true }), ({ speech, snr }, factor) => {
        const before = gradeOf({ ...goodFigures, speechRatio: speech, snrDb: snr }).grade;
        const after = gradeOf({ ...goodFigures, speechRatio: speech * factor, snrDb: snr * factor }).grade;
        expect(order.indexOf(after)).toBeGreaterThanOrEqual(order.indexOf(before));
      }),
    );
  });
});
