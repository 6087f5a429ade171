import { describe, expect, it } from '@jest/globals';
import { ageText, bytesText, durationText } from './amounts.js';

describe('bytesText', () => {
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1000, '1.0 kB'],
    [12_345_678, '12.3 MB'],
    [8.6e9, '8.6 GB'],
  ])('%d is %s', (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });
});

describe('durationText', () => {
  it.each([
    [7.42, '7.4 s'],
    [75, '1:15'],
    [3599.6, '1:00:00'],
    [3760, '1:02:40'],
  ])('%d s is %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});

describe('ageText', () => {
  const now = Date.parse('2026-01-10T12:00:00Z');
  it.each([
    ['2026-01-10T12:00:05Z', 'just now'],
    ['2026-01-10T11:55:00Z', '5 min ago'],
    ['2026-01-10T09:59:00Z', '2 h ago'],
    ['2026-01-09T11:00:00Z', '1 day ago'],
    ['2026-01-07T11:00:00Z', '3 days ago'],
  ])('%s is %s', (time, text) => {
    expect(ageText(time, now)).toBe(text);
  });
});
