import { hash, randomBytes } from 'node:crypto';

const format = /^tk_([a-z2-7]{16})_[A-Za-z0-9_-]{43}$/;
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** A key as it is made: the plain text is shown once, the rest is kept. */
export interface MintedKey {
  /** Public part: 16 characters of base32, 80 bits. */
  readonly id: string;
  /** `tk_<id>_<43 base64url characters>`: 256 secret bits. */
  readonly key: string;
  readonly sha256: Buffer;
  /** For people to tell keys apart. */
  readonly prefix: string;
}

/** SHA-256 of a key. A fast hash is right here: keys carry 256 random bits, there is nothing to guess. */
export function hashKey(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

/** Makes a key. */
export function mintKey(): MintedKey {
  const id = Array.from(randomBytes(16), (byte) => alphabet.charAt(byte & 31)).join('');
  const key = `tk_${id}_${randomBytes(32).toString('base64url')}`;
  return { id, key, sha256: hashKey(key), prefix: key.slice(0, 11) };
}

/** The id a well-formed key names; null for anything else. */
export function keyIdOf(key: string): string | null {
  return format.exec(key)?.[1] ?? null;
}
