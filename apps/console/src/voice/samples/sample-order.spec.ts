import { describe, expect, it } from '@jest/globals';
import type { Schema } from '#libs/client';
import { gradesOf, scoresOf, sorted, startOf } from './sample-order.js';

type Sample = Schema<'Sample'>;

const quality = (grade: Schema<'SampleGrade'>): Sample['quality'] => ({
  grade,
  reasons: [],
  speech_ratio: 0.8,
  loudness_lufs: -20,
  peak_dbfs: -3,
  clipped_ratio: 0,
  snr_db: 40,
  bandwidth_hz: 8000,
  starts_in_speech: false,
  ends_in_speech: false,
});

const sample = (index: number, timestamp: string | null, grade?: Schema<'SampleGrade'>): Sample => ({
  index,
  source_timestamp: timestamp,
  start: null,
  duration: 15,
  quality: grade ? quality(grade) : null,
});

describe('startOf', () => {
  it('is exact', () => {
    expect(startOf({ source_timestamp: '00:14', start: 14.36 })).toBe(14.36);
    expect(startOf({ source_timestamp: '00:00', start: 0 })).toBe(0);
  });

  it('is read from the time stamp of an older API', () => {
    expect(startOf(sample(1, '01:15'))).toBe(75);
    expect(startOf(sample(1, '03:59:45'))).toBe(14_385);
    expect(startOf(sample(1, '100:00:00'))).toBe(360_000);
    expect(startOf(sample(1, null))).toBeUndefined();
  });
});

describe('sorted', () => {
  const samples = [sample(1, '00:00', 'poor'), sample(2, '00:15', 'good'), sample(3, '00:30'), sample(5, null, 'good')];
  const scores = scoresOf({
    sample_scores: [
      { sample_index: 3, score: 0.9 },
      { sample_index: 5, score: 0.8 },
      { sample_index: 2, score: 0.7 },
    ],
  });
  const indexes = (order: 'index' | 'score' | 'grade'): number[] =>
    sorted(samples, order, scores).map(({ index }) => index);

  it('orders by index, score or grade', () => {
    expect(indexes('index')).toEqual([1, 2, 3, 5]);
    expect(indexes('score')).toEqual([3, 5, 2, 1]);
    expect(indexes('grade')).toEqual([5, 2, 1, 3]);
  });

  it('orders by index while there are no scores', () => {
    expect(sorted(samples, 'score', scoresOf(null)).map(({ index }) => index)).toEqual([1, 2, 3, 5]);
  });
});

describe('gradesOf', () => {
  it('counts samples that were measured', () => {
    expect(
      gradesOf([sample(1, null, 'good'), sample(2, null, 'good'), sample(3, null, 'poor'), sample(4, null)]),
    ).toEqual({ good: 2, fair: 0, poor: 1 });
  });
});
