import { describe, expect, it } from '@jest/globals';
import { mergeWarnings } from './voice-warning.js';

const header = { code: 'wrong_length', message: 'The header states 3 s' } as const;
const track = { code: 'track_passed_over', message: 'Track 1 of 2 is silent' } as const;
const damage = { code: 'damaged_recording', message: '36.6 s of 75 s could be decoded' } as const;

describe('mergeWarnings', () => {
  it('keeps known warnings and adds new ones after them', () => {
    expect(mergeWarnings([header, track], [damage])).toEqual([header, track, damage]);
  });

  it('replaces the known warnings of a code that is found again', () => {
    const exact = { code: 'wrong_length', message: 'The header states 3 s of 12 s' } as const;
    expect(mergeWarnings([header, track], [exact])).toEqual([track, exact]);
  });

  it('keeps several new warnings of one code', () => {
    const other = { ...track, message: 'Track 3 cannot be decoded' };
    expect(mergeWarnings([track], [track, other])).toEqual([track, other]);
  });

  it('gives the same list when a stage that was repeated reports the same again', () => {
    const once = mergeWarnings([header], [damage, track]);
    expect(mergeWarnings(once, [damage, track])).toEqual(once);
  });
});
