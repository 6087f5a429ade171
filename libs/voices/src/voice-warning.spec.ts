import { describe, expect, it } from '@jest/globals';
import { mergeWarnings, sampleNotEmbedded, withoutNotEmbedded } from './voice-warning.js';

const header = { code: 'wrong_length', message: 'The header states 3 s' } as const;
const track = { code: 'track_passed_over', message: 'Track 1 of 2 is silent' } as const;
const damage = { code: 'damaged_recording', message: '36.6 s of 75 s could be decoded' } as const;

describe('mergeWarnings', () => {
  it('keeps known warnings and adds new ones after them', () => {
    expect(mergeWarnings([header, track], [damage])).toEqual([header, track, damage]);
  });

  it('replaces known warnings of a code that is reported again', () => {
    const exact = { code: 'wrong_length', message: 'The header states 3 s of 12 s' } as const;
    expect(mergeWarnings([header, track], [exact])).toEqual([track, exact]);
  });

  it('keeps several new warnings of one code', () => {
    const other = { ...track, message: 'Track 3 cannot be decoded' };
    expect(mergeWarnings([track], [track, other])).toEqual([track, other]);
  });

  it('returns the same list when a repeated stage reports the same warnings', () => {
    const once = mergeWarnings([header], [damage, track]);
    expect(mergeWarnings(once, [damage, track])).toEqual(once);
  });
});

describe('withoutNotEmbedded', () => {
  const silent = sampleNotEmbedded({ sampleIndex: 1, message: 'The sample is silent' });
  const damaged = sampleNotEmbedded({ sampleIndex: 12, message: 'The sample cannot be decoded' });

  it('removes the warnings about all samples', () => {
    expect(silent).toEqual({ code: 'sample_not_embedded', message: 'Sample 1 was not embedded: The sample is silent' });
    expect(withoutNotEmbedded([silent, header, damaged])).toEqual([header]);
  });

  it('removes the warning about one sample', () => {
    expect(withoutNotEmbedded([header, silent, damaged], 1)).toEqual([header, damaged]);
    expect(withoutNotEmbedded([header, silent, damaged], 2)).toEqual([header, silent, damaged]);
  });
});
