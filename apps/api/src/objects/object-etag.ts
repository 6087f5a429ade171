import { createHash } from 'node:crypto';

/**
 * A strong tag for an object read by a signed URL: keys that can be read are written once, so the key tells the bytes.
 */
export function objectEtag(key: string, bytes: number): string {
  return `"${createHash('sha256').update(`${bytes}:${key}`).digest('hex')}"`;
}
