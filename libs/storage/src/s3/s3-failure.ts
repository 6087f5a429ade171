import { S3ServiceException } from '@aws-sdk/client-s3';
import { AppError } from '#libs/errors';
import { storageFailure } from '../storage-failure.js';

// Error codes of a full bucket or server: QuotaExceeded of Ceph and SeaweedFS, and MinIO's own.
const noRoom: ReadonlySet<string> = new Set([
  'QuotaExceeded',
  'InsufficientStorage',
  'XMinioStorageFull',
  'XMinioAdminBucketQuotaExceeded',
]);

/** True if the error says that there is no such object. A HEAD response has no body, so the SDK goes by its status. */
export function isMissingObject(error: unknown): boolean {
  return error instanceof S3ServiceException && (error.name === 'NoSuchKey' || error.name === 'NotFound');
}

/** True if the error says that there is no such multipart upload (any more). */
export function isMissingUpload(error: unknown): boolean {
  return error instanceof S3ServiceException && error.name === 'NoSuchUpload';
}

/**
 * Maps a failed S3 call to an AppError. Anything without a more specific code (5xx, SlowDown, network, rejected keys)
 * is `unavailable`: an operator or time can fix it, and the SDK has already retried.
 */
export function s3Failure(error: unknown): AppError {
  if (!(error instanceof S3ServiceException)) return storageFailure(error);
  const status = error.$metadata.httpStatusCode;
  if (error.name === 'InvalidRange' || status === 416) return AppError.of('range_not_satisfiable', { cause: error });
  if (noRoom.has(error.name) || status === 507) {
    return AppError.of('insufficient_storage', { cause: error, causeCode: 'storage_full' });
  }
  return AppError.of('unavailable', { cause: error, causeCode: 'storage_unreachable' });
}

/** For `.catch`: turns "no such object" into null, and throws every other error as an {@link s3Failure}. */
export function nullIfMissingObject(error: unknown): null {
  if (isMissingObject(error)) return null;
  throw s3Failure(error);
}
