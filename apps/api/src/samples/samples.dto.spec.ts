import { describe, expect, it } from '@jest/globals';
import { SampleIndexPipe } from './samples.dto.js';

describe('SampleIndexPipe', () => {
  const pipe = new SampleIndexPipe();

  it('counts from 1', () => {
    expect(pipe.transform('12')).toBe(12);
  });

  it.each(['0', '01', '-1', '1.0', 'x', '', '1'.repeat(10)])('turns %p into 0, which is not an index', (text) => {
    expect(pipe.transform(text)).toBe(0);
  });
});
