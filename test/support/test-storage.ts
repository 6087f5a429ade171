import path from 'node:path';
import { createStorage, type ObjectStorage } from '#libs/storage';
import { setKeys, type S3Server } from '../../libs/storage/test/s3-bucket.js';

const variable = 'TEST_BUCKET';

/** The bucket that every Timbre of the tests keeps its bytes in, where they run with TEST_STORAGE=s3. */
function bucketInUse(): S3Server | null {
  const text = process.env[variable];
  return text ? (JSON.parse(text) as S3Server) : null;
}

/** From here on the bucket is used, by this process and the workers of Jest. */
export function useBucket({ endpoint, bucket, env }: S3Server): void {
  process.env[variable] = JSON.stringify({ endpoint, bucket, env });
}

/**
 * What makes a Timbre use the bucket, under a prefix that its folder's name gives: processes of one folder share it.
 * Empty with local storage.
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

/** The storage of a stack, folder or bucket, asked past the stack. Signs nothing that anybody would take. */
export function storageOf({ storageUrl }: Stored): Promise<ObjectStorage> {
  const used = bucketInUse();
  if (used !== null) setKeys(process.env, used.env);
  return createStorage(storageUrl, { signing: { baseUrl: 'http://unused', secrets: ['unused'] } });
}

/** The keys of all objects in a folder of a stack's storage, in order; of all voices unless told. */
export async function storedKeys(stack: Stored, prefix = 'voices/'): Promise<string[]> {
  const storage = await storageOf(stack);
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix)) keys.push(key);
  return keys.sort();
}

/** Copies what is in one storage and not yet in another, as `aws s3 sync` does between buckets. */
export async function copyObjects(fromUrl: string, toUrl: string): Promise<void> {
  const [from, to] = [await storageOf({ storageUrl: fromUrl }), await storageOf({ storageUrl: toUrl })];
  for await (const { key } of from.list('')) {
    const source = (await to.stat(key)) === null ? await from.read(key) : null;
    if (source !== null) await to.put(key, source, { contentType: 'application/octet-stream' });
  }
}
