import { describe, expect, it } from '@jest/globals';
import { countedOf } from './progress-words.js';

describe('countedOf', () => {
  it('counts in the unit of the stage', () => {
    expect(countedOf({ stage: 'converting', done: 30, of: 120 })).toEqual({ unit: 'seconds', value: 0.25 });
    expect(countedOf({ stage: 'importing', done: 3, of: 3 })).toEqual({ unit: 'files', value: 1 });
  });

  it('counts nothing in a queue, and while the size of a stage is not known', () => {
    expect(countedOf({ stage: 'queued', done: 0, of: 1 })).toEqual({ unit: 'nothing', value: undefined });
    expect(countedOf({ stage: 'testing', done: 0, of: 0 })).toEqual({ unit: 'nothing', value: undefined });
  });
});
