import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '#libs/errors';

/** What a signed object URL allows until it expires. */
export type ObjectGrant = GetGrant | PutGrant;

export interface GetGrant {
  readonly method: 'GET';
  readonly key: string;
  readonly expiresAtSeconds: number;
  readonly contentType: string | null;
  readonly downloadName: string | null;
}

export interface PutGrant {
  readonly method: 'PUT';
  readonly key: string;
  readonly expiresAtSeconds: number;
  readonly contentType: string;
  readonly maxBytes: number;
}

// Format 1: `1.<base64url of a JSON array>.<base64url HMAC-SHA256 of what stands before it>`.
const version = '1';
// The secret may sign other things too: what is signed begins with what it is for.
const purpose = 'timbre-object-token:';
// Our longest: a key of 1024 and a download name of 255 four-byte characters. Longer ones are not worth hashing.
const longestToken = 6144;

function macOf(signed: string, secret: string): string {
  return createHmac('sha256', secret)
    .update(purpose + signed)
    .digest('base64url');
}

/**
 * Writes a grant as a token for a URL.
 *
 * @param secrets the first one signs; the others are those it replaced
 */
export function signObjectToken(grant: ObjectGrant, secrets: readonly string[]): string {
  const [secret] = secrets;
  if (!secret) throw new TypeError('Signing object tokens needs a secret');
  const fields =
    grant.method === 'GET'
      ? [grant.method, grant.key, grant.expiresAtSeconds, grant.contentType, grant.downloadName]
      : [grant.method, grant.key, grant.expiresAtSeconds, grant.contentType, grant.maxBytes];
  const signed = `${version}.${Buffer.from(JSON.stringify(fields)).toString('base64url')}`;
  return `${signed}.${macOf(signed, secret)}`;
}

/**
 * Reads a token back.
 *
 * The text itself is compared with the text we would have written, so that no other spelling of the same bytes
 * passes (the last base64url character has spare bits). All secrets are tried, in constant time each.
 *
 * @param nowSeconds Unix time; a few seconds of skew between machines only shift the expiry
 * @throws AppError `access_denied` for everything that is not a living token of ours, and nothing else
 */
export function verifyObjectToken(token: string, nowSeconds: number, secrets: readonly string[]): ObjectGrant {
  const grant = readSigned(token, secrets);
  if (!grant || !(nowSeconds <= grant.expiresAtSeconds)) throw AppError.of('access_denied');
  return grant;
}

function readSigned(token: string, secrets: readonly string[]): ObjectGrant | null {
  if (token.length > longestToken) return null;
  const end = token.lastIndexOf('.');
  const signed = token.slice(0, Math.max(end, 0));
  const given = Buffer.from(token.slice(end + 1));
  let genuine = false;
  for (const secret of secrets) {
    const mac = Buffer.from(macOf(signed, secret));
    if (secret !== '' && mac.length === given.length && timingSafeEqual(mac, given)) genuine = true;
  }
  if (!genuine || !signed.startsWith(`${version}.`)) return null;
  return readFields(Buffer.from(signed.slice(version.length + 1), 'base64url').toString('utf8'));
}

// Signed by us, yet perhaps by a newer release than this process runs: what is not understood is not granted.
function readFields(json: string): ObjectGrant | null {
  const fields = parseArray(json);
  const [method, key, expiresAtSeconds, contentType, last] = fields;
  if (fields.length !== 5 || typeof key !== 'string' || typeof expiresAtSeconds !== 'number') return null;
  if (method === 'GET' && isText(contentType) && isText(last)) {
    return { method, key, expiresAtSeconds, contentType, downloadName: last };
  }
  if (method === 'PUT' && typeof contentType === 'string' && typeof last === 'number') {
    return { method, key, expiresAtSeconds, contentType, maxBytes: last };
  }
  return null;
}

const isText = (value: unknown): value is string | null => value === null || typeof value === 'string';

function parseArray(json: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
