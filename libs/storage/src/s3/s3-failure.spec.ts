import { S3ServiceException } from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { AppError } from '#libs/errors';
import { nullIfMissingObject, s3Failure } from './s3-failure.js';

const answered = (name: string, httpStatusCode: number): S3ServiceException =>
  new S3ServiceException({ name, $fault: 'client', message: name, $metadata: { httpStatusCode } });

describe('s3Failure', () => {
  it.each([
    ['SlowDown', 503, 'unavailable'],
    ['InternalError', 500, 'unavailable'],
    ['AccessDenied', 403, 'unavailable'],
    ['NoSuchBucket', 404, 'unavailable'],
    ['InvalidRange', 416, 'range_not_satisfiable'],
    ['416', 416, 'range_not_satisfiable'],
    ['QuotaExceeded', 403, 'insufficient_storage'],
    ['XMinioStorageFull', 507, 'insufficient_storage'],
    ['Whatever', 507, 'insufficient_storage'],
  ])('%s (%d) is %s', (name, status, expected) => {
    const cause = answered(name, status);
    expect(s3Failure(cause)).toMatchObject({ code: expected, cause });
  });

  it('recognises an unreachable server and a full scratch disk', () => {
    expect(s3Failure(Object.assign(new Error(), { code: 'ECONNREFUSED' })).code).toBe('unavailable');
    expect(s3Failure(Object.assign(new Error(), { code: 'ENOSPC' })).code).toBe('insufficient_storage');
  });

  it('returns an AppError unchanged', () => {
    const tooLarge = AppError.saying('too_large', 'Too large');
    expect(s3Failure(tooLarge)).toBe(tooLarge);
  });
});

describe('nullIfMissingObject', () => {
  it('distinguishes a missing object from a missing bucket', () => {
    expect(nullIfMissingObject(answered('NoSuchKey', 404))).toBeNull();
    expect(nullIfMissingObject(answered('NotFound', 404))).toBeNull();
    expect(() => nullIfMissingObject(answered('NoSuchBucket', 404))).toThrow('unavailable');
  });
});
