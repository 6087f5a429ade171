import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** An answer that is given again. */
export interface KeptAnswer {
  readonly status: number;
  /** Only those that the route has set. */
  readonly headers: Readonly<Record<string, string>>;
  /** A JSON value; absent if the answer has no body. */
  readonly body?: unknown;
}

const algorithm = 'aes-256-gcm';
const [ivBytes, tagBytes] = [12, 16];

/**
 * Encrypts an answer: it may hold a new API key, which is stored nowhere else.
 *
 * The text of the idempotency key is part of the key and is not stored. Whoever reads the database cannot open the answer,
 * unless the client's keys can be guessed and the signing secret is kept in the same database.
 *
 * @param secrets the first one seals
 */
export function sealAnswer(answer: KeptAnswer, idempotencyKey: string, secrets: readonly string[]): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, keyOf(secrets[0] ?? '', idempotencyKey), iv);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(answer)), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

/** Decrypts an answer. @returns null if it was sealed with another secret */
export function openAnswer(sealed: Buffer, idempotencyKey: string, secrets: readonly string[]): KeptAnswer | null {
  for (const secret of secrets) {
    const answer = decrypt(sealed, keyOf(secret, idempotencyKey));
    if (answer !== null) return answer;
  }
  return null;
}

function decrypt(sealed: Buffer, key: Buffer): KeptAnswer | null {
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes));
  const start = decipher.update(sealed.subarray(ivBytes + tagBytes));
  try {
    return JSON.parse(Buffer.concat([start, decipher.final()]).toString()) as KeptAnswer;
  } catch {
    return null;
  }
}

/** HKDF (RFC 5869). */
const keyOf = (secret: string, idempotencyKey: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, idempotencyKey, 'answer of an idempotency key', 32));
