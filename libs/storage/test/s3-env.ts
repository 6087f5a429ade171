import { createStorage, type ObjectStorage } from '../src/index.js';

/** An S3 server of a test. */
export interface S3Server {
  readonly endpoint: string;
  readonly bucket: string;
  readonly env: Readonly<Record<string, string>>;
}

const signing = { clientBaseUrl: 'http://unused', gpuBaseUrl: 'http://unused', secrets: ['unused'] };

/**
 * Opens a server's bucket as an operator would: by STORAGE_URL, with keys from the environment, and nothing of the
 * person who runs the tests.
 *
 * @param folder prefix in the bucket
 * @param more further parameters of the URL
 */
export function openBucket(
  { endpoint, bucket, env }: S3Server,
  folder = 'timbre/objects',
  more: Readonly<Record<string, string>> = {},
): Promise<ObjectStorage> {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', ...env });
  return createStorage(`s3://${bucket}/${folder}?${new URLSearchParams({ endpoint, ...more }).toString()}`, {
    signing,
  });
}
