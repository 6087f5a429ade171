import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planSections, seeksExactly } from './section-plan.js';

describe('planSections', () => {
  it('leaves a recording in one piece for which sections do not pay', () => {
    expect(planSections(599.9)).toEqual([{ startSeconds: 0, leadSeconds: 0, endSeconds: null }]);
  });

  it('divides an hour into six sections, each but the first with a second of lead', () => {
    const sections = planSections(3600);
    expect(sections).toHaveLength(6);
    expect(sections[0]).toEqual({ startSeconds: 0, leadSeconds: 0, endSeconds: 600 });
    expect(sections[1]).toEqual({ startSeconds: 600, leadSeconds: 1, endSeconds: 1200 });
    expect(sections[5]).toEqual({ startSeconds: 3000, leadSeconds: 1, endSeconds: null });
  });

  it('gives an even number of equal sections without a hole, from 0 to wherever the recording ends', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 10, max: 86_400, noNaN: true }),
        fc.integer({ min: 10, max: 900 }),
        (seconds, longest) => {
          const sections = planSections(seconds, longest);
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
});

describe('seeksExactly', () => {
  const wav = {
    durationSeconds: 3600,
    startSeconds: 0,
    formatName: 'wav',
    codecName: 'pcm_s16le',
    channels: 2,
    sampleRate: 44_100,
  };

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
    expect(seeksExactly({ ...wav, formatName, codecName })).toBe(expected);
  });

  it('not without a length or a time stamp that can be counted from', () => {
    expect(seeksExactly({ ...wav, durationSeconds: null })).toBe(false);
    expect(seeksExactly({ ...wav, startSeconds: 12 })).toBe(false);
  });
});
