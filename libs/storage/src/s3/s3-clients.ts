import { HeadBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { s3Failure } from './s3-failure.js';
import type { S3Location } from './s3-location.js';

/** Clients for one bucket: as this process reaches it, and as holders of signed URLs do. */
export interface S3Clients {
  readonly client: S3Client;
  /** For requests that upload bytes of objects. */
  readonly uploader: S3Client;
  /** Only signs URLs and sends no requests. */
  readonly signer: S3Client;
}

const checkMs = 5_000;

// MinIO's default region, and an alias of R2's only one (developers.cloudflare.com/r2/api/s3/api: "us-east-1 alias to
// auto").
const defaultRegionOfOtherServers = 'us-east-1';

/** Attempts per request. It is the SDK's default, named because it multiplies the timeouts below. */
const maxAttempts = 3;

// Each download holds a socket until its client has read it all. With the SDK's default of 50, puts would wait.
const agents = {
  httpAgent: { keepAlive: true, maxSockets: 500 },
  httpsAgent: { keepAlive: true, maxSockets: 500 },
};

/** An unresponsive server fails a request after half a minute: three attempts of 10 s. */
const transport = {
  connectionTimeout: 5_000,
  // Until the response headers.
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
  // Without a byte in either direction. Long enough for a download whose client reads slowly.
  socketTimeout: 120_000,
  ...agents,
};

/** An upload over a slow line may take long. If no byte moves, it fails after three attempts of 12 s. */
const uploadTransport = {
  ...transport,
  // Until the response headers, including the time to send a part.
  requestTimeout: 120_000,
  socketTimeout: 12_000,
};

/**
 * Creates clients for a bucket. Credentials come from the SDK's default chain: environment (AWS_ACCESS_KEY_ID, …),
 * shared files, web identity, container and instance roles.
 *
 * @throws Error with a line for the operator if no region is known
 */
export async function openS3Clients(location: S3Location): Promise<S3Clients> {
  const common: S3ClientConfig = {
    region: location.region ?? (await defaultRegion(location)),
    forcePathStyle: location.pathStyle,
    // Only AWS understands checksum trailers. Other servers reject them, and a signed PUT would require one of its
    // sender. Bodies are protected anyway: requests sign the SHA-256 of what they send.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts,
    requestHandler: transport,
  };
  const client = new S3Client({ ...common, ...at(location.endpoint) });
  // Shared with the other clients, so that role credentials are fetched once.
  const { credentials } = client.config;
  return {
    client,
    uploader: new S3Client({ ...common, ...at(location.endpoint), credentials, requestHandler: uploadTransport }),
    signer: new S3Client({ ...common, ...at(location.publicEndpoint), credentials }),
  };
}

const at = (endpoint: string | null): Pick<S3ClientConfig, 'endpoint'> => (endpoint === null ? {} : { endpoint });

async function defaultRegion(location: S3Location): Promise<string> {
  try {
    return await new S3Client({}).config.region();
  } catch {
    if (location.endpoint !== null) return defaultRegionOfOtherServers;
    throw new Error('STORAGE_URL needs the region of the bucket: add ?region=… or set AWS_REGION');
  }
}

/**
 * Checks whether the bucket can be used, by one HeadBucket request, which is free on AWS.
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

/** Says what an operator has to fix after {@link checkBucket} failed; null if it is no matter of configuration. */
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
