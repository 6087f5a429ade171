import { describe, expect, it } from '@jest/globals';
import { requestedSplit } from './split-fields.js';
import { askedSplit } from './splitting.dto.js';

const defaults = {
  mode: 'fixed',
  maxSamples: 25,
  sampleDurationSeconds: 15,
  minDurationSeconds: 5,
  select: 'first',
} as const;

describe('askedSplit', () => {
  it.each([
    [{}, {}, {}],
    [{}, { max_samples: 2 }, { maxSamples: 2 }],
    [{ max_samples: 3 }, { max_samples: 2, sample_duration: 9 }, { maxSamples: 3, sampleDurationSeconds: 9 }],
    [{ sample_duration: 7 }, { max_samples: 2 }, { maxSamples: 2, sampleDurationSeconds: 7 }],
    [{ mode: 'speech' }, { mode: 'fixed', select: 'best' }, { mode: 'speech', select: 'best' }],
    [{ min_duration: 15 }, { min_duration: 16 }, { minDurationSeconds: 15 }],
    [{ sample_duration: 40 }, { min_duration: 40 }, { sampleDurationSeconds: 40, minDurationSeconds: 40 }],
  ] as const)('merges the body %j and the query %j', (body, query, split) => {
    expect(askedSplit(body, query, 'fixed')).toEqual({ split: { ...defaults, ...split }, isDryRun: false });
  });

  it.each([
    [{ dry_run: true }, {}, true],
    [{}, { dry_run: true }, true],
    [{ dry_run: false }, { dry_run: true }, false],
  ])('reads from the body %j and the query %j whether it is a dry run', (body, query, isDryRun) => {
    expect(askedSplit(body, query, 'fixed').isDryRun).toBe(isDryRun);
  });

  it('uses the mode of the operator unless the request has one', () => {
    expect(askedSplit({}, {}, 'speech').split.mode).toBe('speech');
    expect(askedSplit({ mode: 'fixed' }, {}, 'speech').split.mode).toBe('fixed');
  });
});

describe('requestedSplit', () => {
  it.each([
    ['', 'min_duration must not exceed sample_duration (15)'],
    ['split_', 'split_min_duration must not exceed split_sample_duration (15)'],
  ] as const)('rejects a minimum above the maximum, with fields named %s…', (prefix, sentence) => {
    expect(() => requestedSplit({ min_duration: 16 }, 'fixed', prefix)).toThrow(sentence);
  });
});
