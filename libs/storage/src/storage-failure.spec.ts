import { describe, expect, it } from '@jest/globals';
import { AppError } from '#libs/errors';
import { storageFailure } from './storage-failure.js';

const errno = (code: string): Error => Object.assign(new Error(code), { code });

describe('storageFailure', () => {
  it.each([
    ['ENOSPC', 'insufficient_storage'],
    ['EDQUOT', 'insufficient_storage'],
    ['EFBIG', 'insufficient_storage'],
    ['EIO', 'unavailable'],
    ['EROFS', 'unavailable'],
    ['ENOENT', 'unavailable'],
  ])('%s is %s', (code, expected) => {
    const cause = errno(code);
    expect(storageFailure(cause)).toMatchObject({ code: expected, cause, retryable: true });
  });

  it('returns an AppError unchanged', () => {
    const tooLarge = AppError.saying('too_large', 'Too large');
    expect(storageFailure(tooLarge)).toBe(tooLarge);
  });

  it.each([undefined, null, 'text', { code: 5 }])('is unavailable for %j', (thrown) => {
    expect(storageFailure(thrown).code).toBe('unavailable');
  });
});
