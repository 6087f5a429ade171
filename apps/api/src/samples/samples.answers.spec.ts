import { describe, expect, it } from '@jest/globals';
import { sampleDto } from './samples.answers.js';

const sample = { index: 1, sourceStartSeconds: null, startSeconds: null, durationSeconds: 15, quality: null };

describe('sampleDto', () => {
  it.each([
    [0, '00:00'],
    [15, '00:15'],
    [59.999, '00:59'],
    [60, '01:00'],
    [3599.9, '59:59'],
    [3600, '01:00:00'],
    [3661, '01:01:01'],
    [14_399, '03:59:59'],
    [360_000, '100:00:00'],
  ])('writes a start of %d s as %s', (seconds, text) => {
    expect(sampleDto({ ...sample, sourceStartSeconds: seconds, startSeconds: seconds }).source_timestamp).toBe(text);
  });

  it('writes null for an uploaded sample', () => {
    expect(sampleDto(sample)).toMatchObject({ source_timestamp: null, start: null });
  });

  it('has the start in the converted recording exactly', () => {
    expect(sampleDto({ ...sample, sourceStartSeconds: 20.3604, startSeconds: 14.3604 })).toMatchObject({
      source_timestamp: '00:20',
      start: 14.36,
    });
  });
});
