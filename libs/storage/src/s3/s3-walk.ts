import {
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  S3ServiceException,
  type ListMultipartUploadsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ListedObject } from '../object-storage.js';
import { s3Failure } from './s3-failure.js';

/** Lists the objects under a prefix in pages of up to 1000. Keys include the storage's own prefix. */
export async function* objectPages(
  client: S3Client,
  bucket: string,
  prefix: string,
): AsyncGenerator<readonly ListedObject[]> {
  try {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
      yield Contents.flatMap(({ Key, Size, LastModified }) =>
        Key === undefined ? [] : [{ key: Key, bytes: Size ?? 0, modifiedAt: LastModified ?? new Date() }],
      );
    }
  } catch (error) {
    throw s3Failure(error);
  }
}

/** A multipart upload that was neither completed nor aborted. */
export interface UnfinishedUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly startedAt: Date;
}

/**
 * Lists the unfinished multipart uploads under a prefix. Yields none for a server that cannot list them. MinIO lists
 * none by prefix, and removes those older than a day itself (`stale_uploads_expiry`).
 *
 * The SDK has no paginator for this call.
 */
export async function* unfinishedUploads(
  client: S3Client,
  bucket: string,
  prefix: string,
): AsyncGenerator<UnfinishedUpload> {
  let after: Pick<ListMultipartUploadsCommandOutput, 'NextKeyMarker' | 'NextUploadIdMarker'> | null = {};
  while (after) {
    const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
      Bucket: bucket,
      Prefix: prefix,
      KeyMarker: after.NextKeyMarker,
      UploadIdMarker: after.NextUploadIdMarker,
    });
    const page = await client.send(command).catch(nullIfNotImplemented);
    for (const { Key, UploadId, Initiated } of page?.Uploads ?? []) {
      if (Key === undefined || UploadId === undefined) continue;
      yield { key: Key, uploadId: UploadId, startedAt: Initiated ?? new Date() };
    }
    after = page?.IsTruncated ? page : null;
  }
}

function nullIfNotImplemented(error: unknown): null {
  if (error instanceof S3ServiceException && error.name === 'NotImplemented') return null;
  throw s3Failure(error);
}
