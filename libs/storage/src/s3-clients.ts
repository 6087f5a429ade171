import { HeadBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { s3Failure } from './s3-failure.js';
import type { S3Location } from './s3-location.js';

/** One bucket as we reach it, and as the holders of signed URLs do. */
export interface S3Clients {
  readonly client: S3Client;
  /** For requests that carry bytes of objects to it. */
  readonly uploader: S3Client;
  /** Only signs: no request is ever sent by it. */
  readonly signer: S3Client;
}

const checkMs = 5_000;

// MinIO's region unless it is told another, and an alias of R2's only one
// (developers.cloudflare.com/r2/api/s3/api: "us-east-1 alias to auto").
const regionOfOwnServers = 'us-east-1';

/** Tries of one request: the SDK's default, named because the limits below are multiplied by it. */
const maxAttempts = 3;

// Each download under way holds a socket until its client has read it all; the SDK's 50 would make puts wait for them.
const agents = {
  httpAgent: { keepAlive: true, maxSockets: 500 },
  httpsAgent: { keepAlive: true, maxSockets: 500 },
};

/** A server that takes requests and answers none is given up after half a minute: three tries of 10 s. */
const transport = {
  connectionTimeout: 5_000,
  // Until the answer's headers.
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
  // Without a byte in either direction: long enough for a download whose client reads slowly.
  socketTimeout: 120_000,
  ...agents,
};

/** Sending may take long where the line is slow; that nothing moves may not: three tries of 12 s. */
const uploadTransport = {
  ...transport,
  // Until the answer's headers, the sending of a part included.
  requestTimeout: 120_000,
  socketTimeout: 12_000,
};

/**
 * Opens clients for a bucket. Keys come from the SDK's default chain: environment (AWS_ACCESS_KEY_ID, …), shared files,
 * web identity, container and instance roles.
 *
 * @throws Error with a line for the operator when no region is known
 */
export async function openS3Clients(location: S3Location): Promise<S3Clients> {
  const common: S3ClientConfig = {
    region: location.region ?? (await regionOfSurroundings(location)),
    forcePathStyle: location.pathStyle,
    // Checksum trailers are AWS' own; other servers refuse them, and a signed PUT would ask its sender for one. Bodies
    // are covered all the same: requests sign the SHA-256 of what they send.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts,
    requestHandler: transport,
  };
  const client = new S3Client({ ...common, ...at(location.endpoint) });
  // Shares what the first has found, so that roles are asked once.
  const { credentials } = client.config;
  return {
    client,
    uploader: new S3Client({ ...common, ...at(location.endpoint), credentials, requestHandler: uploadTransport }),
    signer: new S3Client({ ...common, ...at(location.publicEndpoint), credentials }),
  };
}

const at = (endpoint: string | null): Pick<S3ClientConfig, 'endpoint'> => (endpoint === null ? {} : { endpoint });

async function regionOfSurroundings(location: S3Location): Promise<string> {
  try {
    return await new S3Client({}).config.region();
  } catch {
    if (location.endpoint !== null) return regionOfOwnServers;
    throw new Error('STORAGE_URL needs the region of the bucket: add ?region=… or set AWS_REGION');
  }
}

/**
 * Can the bucket be used? One HeadBucket, which costs nothing on AWS.
 *
 * @throws AppError `unavailable`
 */
export async function checkBucket(client: S3Client, bucket: string): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal: AbortSignal.timeout(checkMs) });
  } catch (error) {
    throw s3Failure(error);
  }
}

/** What an operator has to mend, when {@link checkBucket} failed for such a reason. */
export function operatorLine(error: unknown, { bucket }: S3Location): string | null {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return null;
  if (cause.name === 'CredentialsProviderError') {
    return 'STORAGE_URL: no keys found, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or give the machine a role';
  }
  const status = '$metadata' in cause ? (cause.$metadata as { httpStatusCode?: number }).httpStatusCode : undefined;
  switch (status) {
    case 301:
    case 400:
      return `STORAGE_URL: bucket ${bucket} is not of the region in use, set region=`;
    case 401:
    case 403:
      return `STORAGE_URL: access to bucket ${bucket} is denied to the keys in use`;
    case 404:
      return `STORAGE_URL: there is no bucket ${bucket}`;
    default:
      return null;
  }
}
