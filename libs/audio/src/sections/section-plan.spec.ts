import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { wavFacts } from '../../../../test/support/recording-facts.js';
import { planSections, seeksExactly, type Section } from './section-plan.js';

const spans = (sections: readonly Section[]): string =>
  sections.map(({ startSeconds, endSeconds }) => `${startSeconds}-${endSeconds ?? 'end'}`).join(' ');

describe('planSections', () => {
  it('returns one section if more would not pay off', () => {
    const whole = [{ startSeconds: 0, leadSeconds: 0, endSeconds: null }];
    expect(planSections({ durationSeconds: 299.9, firstSeconds: 250 })).toEqual(whole);
  });

  it('gives each section but the first a lead of one second', () => {
    const sections = planSections({ durationSeconds: 420, firstSeconds: 0 });
    expect(sections).toEqual([
      { startSeconds: 0, leadSeconds: 0, endSeconds: 210 },
      { startSeconds: 210, leadSeconds: 1, endSeconds: null },
    ]);
  });

  it.each([
    ['an hour of which nothing is needed first', 3600, 0, '0-600 600-1200 1200-1800 1800-2400 2400-3000 3000-end'],
    ['an hour', 3600, 375, '0-188 188-376 376-914 914-1452 1452-1990 1990-2528 2528-3066 3066-end'],
    ['a first part too short to be divided', 3600, 250, '0-600 600-1200 1200-1800 1800-2400 2400-3000 3000-end'],
    ['a rest too short to stand alone', 420, 375, '0-210 210-end'],
    ['a rest too short for two', 600, 375, '0-188 188-376 376-end'],
    [
      'a first part longer than two sections',
      3600,
      1500,
      '0-376 376-752 752-1128 1128-1501 1501-2026 2026-2551 2551-3076 3076-end',
    ],
  ])('divides the part needed first, then the rest: %s', (_, durationSeconds, firstSeconds, expected) => {
    expect(spans(planSections({ durationSeconds, firstSeconds }))).toBe(expected);
  });

  it('returns an even number of equal sections without a gap, from 0 to the end of the recording', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 10, max: 86_400, noNaN: true }),
        fc.integer({ min: 10, max: 900 }),
        (durationSeconds, longest) => {
          const sections = planSections({ durationSeconds, firstSeconds: 0 }, longest);
          fc.pre(sections.length > 1);
          expect(sections.length % 2).toBe(0);
          const ends = sections.slice(0, -1).map(({ endSeconds }) => endSeconds);
          expect(sections.slice(1).map(({ startSeconds }) => startSeconds)).toEqual(ends);
          expect(sections[0]?.startSeconds).toBe(0);
          expect(sections.at(-1)?.endSeconds).toBeNull();
          const length = sections[1]?.startSeconds ?? 0;
          expect(Number.isInteger(length)).toBe(true);
          expect(length).toBeLessThanOrEqual(longest);
        },
      ),
    );
  });

  it('does so for any part needed first, and no section is empty or too long', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 10, max: 86_400, noNaN: true }),
        fc.double({ min: 0, max: 86_400, noNaN: true }),
        fc.integer({ min: 300, max: 900 }),
        (durationSeconds, firstSeconds, longest) => {
          const sections = planSections({ durationSeconds, firstSeconds }, longest);
          const ends = sections.slice(0, -1).map(({ endSeconds }) => endSeconds);
          expect(sections.slice(1).map(({ startSeconds }) => startSeconds)).toEqual(ends);
          expect(sections[0]?.startSeconds).toBe(0);
          expect(sections.at(-1)?.endSeconds).toBeNull();
          for (const { startSeconds, endSeconds } of sections) {
            const seconds = (endSeconds ?? durationSeconds) - startSeconds;
            expect(Number.isInteger(startSeconds)).toBe(true);
            expect(seconds).toBeGreaterThan(0);
            expect(seconds).toBeLessThanOrEqual(longest);
          }
        },
      ),
    );
  });
});

describe('seeksExactly', () => {
  it.each([
    ['wav', 'pcm_f32le', true],
    ['flac', 'flac', true],
    ['mp3', 'mp3', true],
    ['mov,mp4,m4a,3gp,3g2,mj2', 'aac', true],
    ['wav', 'adpcm_ms', false],
    ['matroska,webm', 'opus', false],
    ['ogg', 'vorbis', false],
    ['aac', 'aac', false],
    ['constructor', 'pcm_s16le', false],
  ])('%s with %s: %s', (formatName, codecName, expected) => {
    expect(seeksExactly({ ...wavFacts, formatName, codecName })).toBe(expected);
  });

  it('is false if the length in the header is wrong', () => {
    expect(seeksExactly({ ...wavFacts, ignoresStatedLength: true })).toBe(false);
  });

  it('is false without a length or with a late start', () => {
    expect(seeksExactly({ ...wavFacts, durationSeconds: null })).toBe(false);
    expect(seeksExactly({ ...wavFacts, startSeconds: 12 })).toBe(false);
  });
});
