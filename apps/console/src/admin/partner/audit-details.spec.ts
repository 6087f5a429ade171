import { describe, expect, it } from '@jest/globals';
import { detailsOf } from './audit-details.js';

describe('detailsOf', () => {
  it('writes names and values in one line', () => {
    expect(detailsOf({ key: 'abc', scopes: 'read write', voices: 3 })).toBe(
      'key: abc · scopes: read write · voices: 3',
    );
  });

  it('writes removed limits as none', () => {
    expect(detailsOf({ max_voices: null })).toBe('max voices: none');
  });

  it('is empty without details', () => {
    expect(detailsOf({})).toBe('');
  });
});
