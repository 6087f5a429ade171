import path from 'node:path';
import { createStorage, type ObjectStorage } from '#libs/storage';
import { setKeys, type S3Server } from '../../libs/storage/test/s3-bucket.js';

const variable = 'TEST_BUCKET';

/** Returns the bucket of the tests if they run with TEST_STORAGE=s3. */
function bucketInUse(): S3Server | null {
  const text = process.env[variable];
  return text ? (JSON.parse(text) as S3Server) : null;
}

/** Makes this process and Jest's workers use the bucket. */
export function useBucket({ endpoint, bucket, env }: S3Server): void {
  process.env[variable] = JSON.stringify({ endpoint, bucket, env });
}

/**
 * Returns the environment that makes a Timbre use the bucket, empty with local storage. The prefix comes from the folder's
 * name, so that processes with the same folder share it.
 */
export function testStorage(dataDir: string): Readonly<Record<string, string>> {
  const used = bucketInUse();
  if (used === null) return {};
  const prefix = path.basename(dataDir).replaceAll(/[^\w-]/g, '_');
  return { ...used.env, STORAGE_URL: `s3://${used.bucket}/${prefix}?endpoint=${used.endpoint}` };
}

interface Stored {
  readonly storageUrl: string;
}

/** Opens a stack's storage directly. No API accepts the URLs that it signs. */
export function storageOf({ storageUrl }: Stored): Promise<ObjectStorage> {
  const used = bucketInUse();
  if (used !== null) setKeys(process.env, used.env);
  return createStorage(storageUrl, { signing: { baseUrl: 'http://unused', secrets: ['unused'] } });
}

/** Returns the sorted keys of all objects under a prefix of a stack's storage, by default those of all voices. */
export async function storedKeys(stack: Stored, prefix = 'voices/'): Promise<string[]> {
  const storage = await storageOf(stack);
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix)) keys.push(key);
  return keys.sort();
}

/** Copies the objects that the other storage lacks, as `aws s3 sync` does between buckets. */
export async function copyObjects(fromUrl: string, toUrl: string): Promise<void> {
  const [from, to] = [await storageOf({ storageUrl: fromUrl }), await storageOf({ storageUrl: toUrl })];
  for await (const { key } of from.list('')) {
    const source = (await to.stat(key)) === null ? await from.read(key) : null;
    if (source !== null) await to.put(key, source, { contentType: 'application/octet-stream' });
  }
}
