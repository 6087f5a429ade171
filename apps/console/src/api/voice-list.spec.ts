import { describe, expect, it } from '@jest/globals';
import type { Schema } from '#libs/client';
import {
  matches,
  nextCursor,
  rowsOf,
  type VoiceFilters,
  type VoicePage,
  withoutVoice,
  withVoice,
} from './voice-list.js';

type Voice = Schema<'VoiceSummary'>;

const all: VoiceFilters = { q: '', labels: [], status: null, sort: 'name', order: 'asc' };

const voiceOf = (name: string, more: Partial<Voice> = {}): Voice => ({
  id: `id of ${name}`,
  name,
  has_original: true,
  original_duration: 75,
  sample_count: 5,
  splitting_status: 'completed',
  embedding_status: 'idle',
  preferred_sample_index: null,
  language: 'en',
  labels: {},
  creator_name: null,
  creator_email: null,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  ...more,
});

const pageOf = (names: readonly string[], next: string | null = null): VoicePage => ({
  voices: names.map((name) => voiceOf(name)),
  next,
});

const namesOf = (pages: readonly VoicePage[]): readonly (readonly string[])[] =>
  pages.map(({ voices }) => voices.map(({ name }) => name));

describe('matches', () => {
  it('finds a part of the name in upper or lower case', () => {
    expect(matches(voiceOf('Anna Müller'), { ...all, q: 'MÜLL' })).toBe(true);
    expect(matches(voiceOf('Anna'), { ...all, q: 'otto' })).toBe(false);
  });

  it('takes the status of either kind of processing', () => {
    const voice = voiceOf('a', { splitting_status: 'completed', embedding_status: 'failed' });
    expect(matches(voice, { ...all, status: 'failed' })).toBe(true);
    expect(matches(voice, { ...all, status: 'completed' })).toBe(true);
    expect(matches(voice, { ...all, status: 'in_progress' })).toBe(false);
  });

  it('wants all labels, whose values may contain colons', () => {
    const voice = voiceOf('a', { labels: { url: 'http://x', project: 'book' } });
    expect(matches(voice, { ...all, labels: ['url:http://x', 'project:book'] })).toBe(true);
    expect(matches(voice, { ...all, labels: ['url:http://x', 'project:film'] })).toBe(false);
    expect(matches(voice, { ...all, labels: ['constructor:x'] })).toBe(false);
  });
});

describe('withVoice', () => {
  it('inserts a new voice at its place', () => {
    const pages = [pageOf(['a', 'c'], 'next'), pageOf(['e', 'g'])];
    expect(namesOf(withVoice(pages, voiceOf('b'), all))).toEqual([
      ['a', 'b', 'c'],
      ['e', 'g'],
    ]);
    expect(namesOf(withVoice(pages, voiceOf('d'), all))).toEqual([
      ['a', 'c'],
      ['d', 'e', 'g'],
    ]);
    expect(namesOf(withVoice(pages, voiceOf('z'), all))).toEqual([
      ['a', 'c'],
      ['e', 'g', 'z'],
    ]);
  });

  it('leaves a voice to the page that will contain it', () => {
    const pages = [pageOf(['a', 'c'], 'next')];
    expect(withVoice(pages, voiceOf('d'), all)).toBe(pages);
  });

  it('starts an empty list', () => {
    expect(namesOf(withVoice([pageOf([])], voiceOf('a'), all))).toEqual([['a']]);
  });

  it('replaces a changed voice where it is', () => {
    const changed = withVoice([pageOf(['a', 'b'])], voiceOf('b', { sample_count: 9 }), all);
    expect(changed[0]?.voices[1]?.sample_count).toBe(9);
  });

  it('moves a voice that was renamed', () => {
    const renamed = { ...voiceOf('a'), name: 'x' };
    expect(namesOf(withVoice([pageOf(['a', 'b', 'c'])], renamed, all))).toEqual([['b', 'c', 'x']]);
  });

  it('moves the voice that has just changed to the top of the latest', () => {
    const latest: VoiceFilters = { ...all, sort: 'updated_at', order: 'desc' };
    const changed = voiceOf('c', { updated_at: '2026-02-02T00:00:00Z' });
    expect(namesOf(withVoice([pageOf(['a', 'b', 'c'], 'next')], changed, latest))).toEqual([['c', 'a', 'b']]);
  });

  it('removes a voice that the filters exclude now', () => {
    const idle: VoiceFilters = { ...all, status: 'idle' };
    const busy = voiceOf('a', { embedding_status: 'in_progress' });
    expect(namesOf(withVoice([pageOf(['a', 'b'])], busy, idle))).toEqual([['b']]);
    expect(withVoice([pageOf(['b'])], busy, idle)).toEqual([pageOf(['b'])]);
  });

  it('orders names by code point', () => {
    const pages = [pageOf(['Zoe', 'anna', '\u{ffe0}'])];
    expect(namesOf(withVoice(pages, voiceOf('\u{1f600}'), all))[0]).toEqual(['Zoe', 'anna', '\u{ffe0}', '\u{1f600}']);
    expect(namesOf(withVoice(pages, voiceOf('ann'), all))[0]).toEqual(['Zoe', 'ann', 'anna', '\u{ffe0}']);
  });
});

describe('withoutVoice', () => {
  it('removes a deleted voice and leaves the other pages as they are', () => {
    const pages = [pageOf(['a', 'b'], 'next'), pageOf(['c'])];
    const left = withoutVoice(pages, 'id of a');
    expect(namesOf(left)).toEqual([['b'], ['c']]);
    expect(left[1]).toBe(pages[1]);
  });
});

describe('rowsOf', () => {
  it('shows a voice once that moved from one page to the next', () => {
    const moved = voiceOf('a', { sample_count: 9 });
    const rows = rowsOf([pageOf(['a', 'b'], 'next'), { voices: [moved], next: null }]);
    expect(rows.map(({ name, sample_count }) => [name, sample_count])).toEqual([
      ['b', 5],
      ['a', 9],
    ]);
  });
});

describe('nextCursor', () => {
  it('takes the cursor of the next page out of the header', () => {
    expect(nextCursor('<http://x/api/voices/demo?limit=2&cursor=a%2Bb>; rel="next"')).toBe('a+b');
    expect(nextCursor(null)).toBeNull();
  });
});
