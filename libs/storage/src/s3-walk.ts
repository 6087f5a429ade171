import {
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3ServiceException,
  type ListMultipartUploadsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ListedObject } from './object-storage.js';
import { s3Failure } from './s3-failure.js';

/** Every object under a prefix, a page of at most 1000 at a time; keys are as the bucket has them. */
export async function* objectPages(
  client: S3Client,
  bucket: string,
  prefix: string,
): AsyncGenerator<readonly ListedObject[]> {
  let token: string | undefined;
  do {
    const page = await client
      .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }))
      .catch(throwFailure);
    yield (page.Contents ?? []).flatMap(({ Key, Size, LastModified }) =>
      Key === undefined ? [] : [{ key: Key, bytes: Size ?? 0, modifiedAt: LastModified ?? new Date() }],
    );
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

/** A multipart upload that nobody has completed or aborted. */
export interface UnfinishedUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly begunAt: Date;
}

/**
 * Every unfinished multipart upload under a prefix; none of a server that cannot list them. MinIO lists none by prefix:
 * it removes those of a day by itself (`stale_uploads_expiry`).
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
      yield { key: Key, uploadId: UploadId, begunAt: Initiated ?? new Date() };
    }
    after = page?.IsTruncated ? page : null;
  }
}

function nullIfNotImplemented(error: unknown): null {
  if (error instanceof S3ServiceException && error.name === 'NotImplemented') return null;
  throw s3Failure(error);
}

function throwFailure(error: unknown): never {
  throw s3Failure(error);
}
