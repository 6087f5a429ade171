import { createStorage, type ObjectStorage } from '../src/index.js';

/** A bucket on a test's S3 server. */
export interface S3Server {
  readonly endpoint: string;
  readonly bucket: string;
  readonly env: Readonly<Record<string, string>>;
}

const signing = { baseUrl: 'http://unused', secrets: ['unused'] };

const isolatingVariables = {
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

/** Gives the SDK these keys only, and hides the configuration of the person who runs the tests. */
export function setKeys(environment: NodeJS.ProcessEnv, keys: S3Server['env']): void {
  for (const name of Object.keys(environment)) if (name.startsWith('AWS_')) delete environment[name];
  Object.assign(environment, isolatingVariables, keys);
}

/**
 * Opens a server's bucket as an operator would: by a STORAGE_URL, with keys from the environment.
 *
 * @param environment of this process
 * @param folder prefix in the bucket
 * @param more additional parameters of the URL
 */
export function openBucket(
  environment: NodeJS.ProcessEnv,
  { endpoint, bucket, env }: S3Server,
  folder = 'timbre/objects',
  more: Readonly<Record<string, string>> = {},
): Promise<ObjectStorage> {
  setKeys(environment, env);
  return createStorage(`s3://${bucket}/${folder}?${new URLSearchParams({ endpoint, ...more }).toString()}`, {
    signing,
  });
}
