import { describe, expect, it } from '@jest/globals';
import { isLabel, labelPairs, maxLabels, storedLabels } from './voice-labels.js';

const of = (pairs: Readonly<Record<string, unknown>>): string[] | null => storedLabels(new Map(Object.entries(pairs)));

describe('storedLabels', () => {
  it('orders labels by key, and labelPairs returns them', () => {
    const stored = of({ project: 'a:b = ü', constructor: 'x', 'a_1.-': '日'.repeat(100) });
    expect(stored).toEqual([`a_1.-:${'日'.repeat(100)}`, 'constructor:x', 'project:a:b = ü']);
    expect(labelPairs(stored ?? [])).toContainEqual(['project', 'a:b = ü']);
    expect(of({})).toEqual([]);
  });

  it('returns null for more labels than a voice may have', () => {
    const many = (count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`key${at}`, 'x']));
    expect(of(many(maxLabels))).toHaveLength(20);
    expect(of(many(maxLabels + 1))).toBeNull();
  });

  it.each([
    ['', 'x'],
    ['a:b', 'x'],
    ['Project', 'x'],
    ['ü', 'x'],
    ['k'.repeat(41), 'x'],
    ['key', ''],
    ['key', 'x'.repeat(101)],
    ['key', 'line\nbreak'],
    ['key', '\u202e'],
    ['key', 5],
    ['key', null],
  ])('returns null for the label %j: %j', (key, value) => {
    expect(of({ [key]: value })).toBeNull();
  });
});

describe('isLabel', () => {
  it.each(['project:audiobook', 'a:b:c', 'k: '])('accepts %j', (text) => expect(isLabel(text)).toBe(true));
  it.each(['', 'project', ':x', 'project:', 'Project:x', 'a b:c'])('rejects %j', (text) =>
    expect(isLabel(text)).toBe(false),
  );
});
