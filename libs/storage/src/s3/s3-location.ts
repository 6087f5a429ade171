import { isObjectKey } from '../keys/object-key-check.js';

/** The bucket that a STORAGE_URL names. It holds no credentials: the AWS SDK finds those itself. */
export interface S3Location {
  readonly bucket: string;
  /** Prepended to every key: `''`, or a folder with its trailing slash. */
  readonly prefix: string;
  /** The server as this process reaches it; null for AWS. */
  readonly endpoint: string | null;
  /** The server as clients and the GPU side reach it. Signed URLs point there. */
  readonly publicEndpoint: string | null;
  /** Null: the SDK's default (AWS_REGION, profile). */
  readonly region: string | null;
  /** `https://host/bucket/key` instead of `https://bucket.host/key`. */
  readonly pathStyle: boolean;
}

// docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const maxPrefixLength = 255;
const parameters: ReadonlySet<string> = new Set(['endpoint', 'public_endpoint', 'region', 'path_style']);

/**
 * Parses `s3://bucket/prefix?endpoint=…&public_endpoint=…&region=…&path_style=true`. Only the bucket is required.
 *
 * With an endpoint, path-style addresses are the default, because MinIO and R2 support them without extra DNS names.
 * Without one (AWS), virtual hosts are.
 *
 * @throws Error with a line for the operator
 */
export function parseS3Url(text: string): S3Location {
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw new Error('STORAGE_URL holds no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead');
  }
  if (!bucketName.test(url.hostname) || url.port !== '') {
    throw new Error('STORAGE_URL must look like s3://bucket/prefix, with a bucket name S3 allows');
  }
  const unknown = [...url.searchParams.keys()].find((name) => !parameters.has(name));
  if (unknown !== undefined) {
    throw new Error(`STORAGE_URL knows ${[...parameters].join(', ')}, not ${JSON.stringify(unknown)}`);
  }
  const endpoint = readEndpoint(url, 'endpoint');
  return {
    bucket: url.hostname,
    prefix: readPrefix(url),
    endpoint,
    publicEndpoint: readEndpoint(url, 'public_endpoint') ?? endpoint,
    region: url.searchParams.get('region'),
    pathStyle: readBoolean(url, 'path_style') ?? endpoint !== null,
  };
}

function readPrefix(url: URL): string {
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
  if (prefix === '') return '';
  if (prefix.length > maxPrefixLength || !isObjectKey(prefix)) {
    throw new Error('STORAGE_URL: the prefix may hold letters, digits, dots, dashes, underscores and single slashes');
  }
  return `${prefix}/`;
}

function readEndpoint(url: URL, name: string): string | null {
  const text = url.searchParams.get(name);
  if (text === null) return null;
  const endpoint = URL.canParse(text) ? new URL(text) : null;
  const isPlain = endpoint?.search === '' && endpoint.hash === '' && endpoint.username === '';
  if (!endpoint || !isPlain || !/^https?:$/.test(endpoint.protocol)) {
    throw new Error(`STORAGE_URL: ${name} must be a URL starting with http:// or https://`);
  }
  return endpoint.href.replace(/\/+$/, '');
}

function readBoolean(url: URL, name: string): boolean | null {
  const text = url.searchParams.get(name);
  if (text === null) return null;
  if (text !== 'true' && text !== 'false') throw new Error(`STORAGE_URL: ${name} must be true or false`);
  return text === 'true';
}
