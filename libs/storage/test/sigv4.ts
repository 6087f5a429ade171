import { createHash, createHmac } from 'node:crypto';

/**
 * A request with AWS Signature Version 4. The server's side of it is written here from the documentation, independently
 * of the SDK (docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html).
 */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly url: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface SigningKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The error code of a rejected request; null if the signature is valid. */
export type Refusal = 'AccessDenied' | 'InvalidAccessKeyId' | 'SignatureDoesNotMatch' | 'RequestTimeTooSkewed' | null;

interface Claims {
  readonly credential: string;
  readonly time: string;
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
  readonly signature: string;
  /** Validity, from `time` on. */
  readonly seconds: number;
}

const allowedSkewSeconds = 15 * 60;

/** Verifies a request that is signed in its Authorization header or in its query (a presigned URL). */
export function checkSignature(request: SignedRequest, key: SigningKey, now: Date): Refusal {
  const claims = presignedClaims(request) ?? headerClaims(request);
  if (!claims?.signedHeaders.includes('host')) return 'AccessDenied';
  const [accessKeyId, ...scope] = claims.credential.split('/');
  if (accessKeyId !== key.accessKeyId) return 'InvalidAccessKeyId';
  const unsigned = Object.keys(request.headers).filter(
    (name) => name.startsWith('x-amz-') && !claims.signedHeaders.includes(name),
  );
  if (unsigned.length > 0) return 'AccessDenied';
  const signedAt = parseTime(claims.time);
  if (now.getTime() < signedAt - allowedSkewSeconds * 1000) return 'RequestTimeTooSkewed';
  if (now.getTime() > signedAt + claims.seconds * 1000) return 'AccessDenied';
  return signatureOf(request, claims, scope, key) === claims.signature ? null : 'SignatureDoesNotMatch';
}

function presignedClaims({ url }: SignedRequest): Claims | null {
  const query = new URL(url, 'http://s3').searchParams;
  if (query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') return null;
  return {
    credential: query.get('X-Amz-Credential') ?? '',
    time: query.get('X-Amz-Date') ?? '',
    signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
    payloadHash: 'UNSIGNED-PAYLOAD',
    signature: query.get('X-Amz-Signature') ?? '',
    seconds: Number(query.get('X-Amz-Expires')),
  };
}

function headerClaims({ headers }: SignedRequest): Claims | null {
  const parts = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
    headers['authorization'] ?? '',
  );
  const [, credential, signedHeaders, signature] = parts ?? [];
  if (!credential || !signedHeaders || !signature) return null;
  return {
    credential,
    time: headers['x-amz-date'] ?? '',
    signedHeaders: signedHeaders.split(';'),
    payloadHash: headers['x-amz-content-sha256'] ?? '',
    signature,
    seconds: allowedSkewSeconds,
  };
}

function signatureOf(request: SignedRequest, claims: Claims, scope: readonly string[], key: SigningKey): string {
  const canonical = [
    request.method,
    ...canonicalAddress(request.url),
    ...claims.signedHeaders.map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    claims.signedHeaders.join(';'),
    claims.payloadHash,
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', claims.time, scope.join('/'), sha256Hex(canonical)].join('\n');
  // Scope: date, region, service, 'aws4_request'. The key is derived from each in turn.
  const signing = scope.reduce<Buffer>((folded, part) => hmac(folded, part), Buffer.from(`AWS4${key.secretAccessKey}`));
  return hmac(signing, text).toString('hex');
}

/** The path, which S3 does not normalise, and the query, sorted and encoded, without the signature. */
function canonicalAddress(url: string): readonly [string, string] {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const pairs = [...searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return [pathname, pairs.sort().join('&')];
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

const parseTime = (time: string): number =>
  Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

export const sha256Hex = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
