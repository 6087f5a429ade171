import { describe, expect, it } from '@jest/globals';
import { changeOf, draftOf, usedUpBy } from './quotas.js';

const quotas = {
  max_voices: 1000,
  max_bytes: 107_374_182_400,
  max_gpu_seconds_per_month: 36_000,
  keep_originals_days: null,
};

const usage = {
  voices: 12,
  samples: 240,
  seconds: 3600,
  bytes: 98_304_000,
  embeddings: 11,
  gpu_seconds: 421.7,
  since: '2026-11-01T00:00:00Z',
  quotas,
};

describe('draftOf', () => {
  it('writes quotas with units, and no limit as nothing', () => {
    expect(draftOf(quotas)).toEqual({
      max_voices: '1000',
      max_bytes: '100 GiB',
      max_gpu_seconds_per_month: '10 h',
      keep_originals_days: '',
    });
  });
});

describe('changeOf', () => {
  it('is empty while nothing was changed', () => {
    expect(changeOf(draftOf(quotas), quotas)).toEqual({ change: {}, wrong: [] });
  });

  it('has only what changes, null where a limit is removed', () => {
    const draft = { ...draftOf(quotas), max_voices: '', keep_originals_days: '0' };
    expect(changeOf(draft, quotas)).toEqual({ change: { max_voices: null, keep_originals_days: 0 }, wrong: [] });
  });

  it('names the fields that cannot be read', () => {
    const draft = { ...draftOf(quotas), max_bytes: 'a lot', max_gpu_seconds_per_month: '20 h' };
    expect(changeOf(draft, quotas)).toEqual({ change: { max_gpu_seconds_per_month: 72_000 }, wrong: ['max_bytes'] });
  });
});

describe('usedUpBy', () => {
  it('names the new quotas that are used up already', () => {
    expect(usedUpBy({ max_voices: 12, max_bytes: 1e9, max_gpu_seconds_per_month: 60 }, usage)).toEqual([
      'max_voices',
      'max_gpu_seconds_per_month',
    ]);
  });

  it('names no removed limit and no rule about originals', () => {
    expect(usedUpBy({ max_voices: null, keep_originals_days: 0 }, usage)).toEqual([]);
  });
});
