import { describe, expect, it } from '@jest/globals';
import { detailsOf } from './audit-details.js';

describe('detailsOf', () => {
  it('writes names and values in one line', () => {
    expect(detailsOf({ key: 'abc', scopes: 'read write', voices: 3 })).toBe(
      'key: abc · scopes: read write · voices: 3',
    );
  });

  it('writes quotas with their units', () => {
    expect(detailsOf({ max_bytes: 10e9, max_gpu_seconds_per_month: 36_000 })).toBe(
      'max bytes: 10 GB · max gpu seconds per month: 10 h',
    );
  });

  it('writes removed limits as none', () => {
    expect(detailsOf({ max_voices: null })).toBe('max voices: none');
  });

  it('is empty without details', () => {
    expect(detailsOf({})).toBe('');
  });
});
