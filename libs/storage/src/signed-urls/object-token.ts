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
  /** Whether a browser shows or plays the object instead of saving it. */
  readonly inline: boolean;
}

export interface PutGrant {
  readonly method: 'PUT';
  readonly key: string;
  readonly expiresAtSeconds: number;
  readonly contentType: string;
  readonly maxBytes: number;
}

// Format 1: `1.<base64url of a JSON array>.<base64url HMAC-SHA256 of the text before it>`. The array has five fields. Only
// that of an inline GET has a sixth, which releases before 0.2 reject.
const version = '1';
// Prepended to the signed text, because the secret may sign other things too.
const purpose = 'timbre-object-token:';
// The longest valid one has a key of 1024 and a download name of 255 four-byte characters. Longer ones are not hashed.
const maxTokenLength = 6144;

function macOf(signed: string, secret: string): string {
  return createHmac('sha256', secret)
    .update(purpose + signed)
    .digest('base64url');
}

/**
 * Encodes a grant as a token for a URL.
 *
 * @param secrets the first one signs; the others are older ones
 */
export function signObjectToken(grant: ObjectGrant, secrets: readonly string[]): string {
  const [secret] = secrets;
  if (!secret) throw new TypeError('Signing object tokens needs a secret');
  const fields =
    grant.method === 'GET'
      ? [grant.method, grant.key, grant.expiresAtSeconds, grant.contentType, grant.downloadName, ...marksOf(grant)]
      : [grant.method, grant.key, grant.expiresAtSeconds, grant.contentType, grant.maxBytes];
  const signed = `${version}.${Buffer.from(JSON.stringify(fields)).toString('base64url')}`;
  return `${signed}.${macOf(signed, secret)}`;
}

const inlineMark = 'inline';

const marksOf = ({ inline }: GetGrant): readonly string[] => (inline ? [inlineMark] : []);

/**
 * Verifies and decodes a token.
 *
 * Compares the text of the MAC rather than its bytes, so that no other spelling of them passes: the last base64url
 * character has spare bits. Tries all secrets, each in constant time.
 *
 * @param nowSeconds Unix time; a few seconds of clock skew only shift the expiry
 * @throws only AppError `access_denied`, for anything that is not a valid, unexpired token
 */
export function verifyObjectToken(token: string, nowSeconds: number, secrets: readonly string[]): ObjectGrant {
  const grant = readSigned(token, secrets);
  if (!grant || !(nowSeconds <= grant.expiresAtSeconds)) throw AppError.of('access_denied');
  return grant;
}

function readSigned(token: string, secrets: readonly string[]): ObjectGrant | null {
  if (token.length > maxTokenLength) return null;
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

// A newer release may have signed the token. A grant that this one does not understand is rejected.
function readFields(json: string): ObjectGrant | null {
  const fields = parseArray(json);
  const [method, key, expiresAtSeconds, contentType, last, mark] = fields;
  const inline = method === 'GET' && mark === inlineMark;
  if (fields.length !== (inline ? 6 : 5) || typeof key !== 'string' || typeof expiresAtSeconds !== 'number')
    return null;
  if (method === 'GET' && isText(contentType) && isText(last)) {
    return { method, key, expiresAtSeconds, contentType, downloadName: last, inline };
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
