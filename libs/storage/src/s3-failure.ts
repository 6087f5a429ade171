import { S3ServiceException } from '@aws-sdk/client-s3';
import { AppError } from '#libs/errors';
import { storageFailure } from './storage-failure.js';

// Codes of a full bucket or server: Ceph's and SeaweedFS' QuotaExceeded, MinIO's own, and what follows from 507.
const noRoom: ReadonlySet<string> = new Set([
  'QuotaExceeded',
  'InsufficientStorage',
  'XMinioStorageFull',
  'XMinioAdminBucketQuotaExceeded',
]);

/** Does the error say that there is no such object? The answer to HEAD has no body, so it is known by its status. */
export function isMissingObject(error: unknown): boolean {
  return error instanceof S3ServiceException && (error.name === 'NoSuchKey' || error.name === 'NotFound');
}

/** Does the error say that there is no such multipart upload (any more)? */
export function isMissingUpload(error: unknown): boolean {
  return error instanceof S3ServiceException && error.name === 'NoSuchUpload';
}

/**
 * What a failed call of S3 is to the caller. Whatever is not known better (5xx, SlowDown, network, refused keys) is
 * storage out of reach, which an operator or time can mend; the SDK has tried again by then.
 */
export function s3Failure(error: unknown): AppError {
  if (!(error instanceof S3ServiceException)) return storageFailure(error);
  const status = error.$metadata.httpStatusCode;
  if (error.name === 'InvalidRange' || status === 416) return AppError.of('range_not_satisfiable', { cause: error });
  if (noRoom.has(error.name) || status === 507) return AppError.of('insufficient_storage', { cause: error });
  return AppError.of('unavailable', { cause: error });
}

/** For `.catch`: a missing object is an answer, every other error becomes an {@link s3Failure}. */
export function nullIfMissingObject(error: unknown): null {
  if (isMissingObject(error)) return null;
  throw s3Failure(error);
}
