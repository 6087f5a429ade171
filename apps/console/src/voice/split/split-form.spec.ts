import { describe, expect, it } from '@jest/globals';
import { firstForm, splitBody } from './split-form.js';

describe('splitBody', () => {
  it('sends the shortest length only in the mode speech', () => {
    expect(splitBody({ ...firstForm, mode: 'fixed' })).toEqual({
      mode: 'fixed',
      max_samples: 25,
      sample_duration: 15,
      select: 'first',
    });
    expect(splitBody({ ...firstForm, mode: 'speech', select: 'best' })).toEqual({
      mode: 'speech',
      max_samples: 25,
      sample_duration: 15,
      min_duration: 5,
      select: 'best',
    });
  });

  it('never asks for a shortest length above the longest', () => {
    expect(splitBody({ ...firstForm, minSeconds: 20, sampleSeconds: 10 })).toMatchObject({ min_duration: 10 });
  });
});
