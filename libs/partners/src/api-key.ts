import { hash, randomBytes } from 'node:crypto';

const format = /^tk_([a-z2-7]{16})_[A-Za-z0-9_-]{43}$/;
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** A new key. Its text is shown once, the other fields are stored. */
export interface MintedKey {
  /** The public part: 16 characters of base32, 80 bits. */
  readonly id: string;
  /** `tk_<id>_<43 base64url characters>`, with 256 secret bits. */
  readonly key: string;
  readonly sha256: Buffer;
  /** Lets people tell keys apart. */
  readonly prefix: string;
}

/** Returns the SHA-256 of a key. A fast hash is enough: a key carries 256 random bits, so nothing can be guessed. */
export function hashKey(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

/** Generates a key. */
export function mintKey(): MintedKey {
  const id = Array.from(randomBytes(16), (byte) => alphabet.charAt(byte & 31)).join('');
  const key = `tk_${id}_${randomBytes(32).toString('base64url')}`;
  return { id, key, sha256: hashKey(key), prefix: key.slice(0, 11) };
}

/** Returns the id in a well-formed key, or null. */
export function keyIdOf(key: string): string | null {
  return format.exec(key)?.[1] ?? null;
}

/** Whether a string can be the id of a key. */
export const isKeyId = (text: string): boolean => /^[a-z2-7]{16}$/.test(text);
