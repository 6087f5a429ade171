import type { SignGetOptions, SignPutOptions } from '../object-storage.js';
import { signObjectToken, type ObjectGrant } from './object-token.js';

/** How to sign URLs that the API itself serves. */
export interface SigningOptions {
  /** The API as the holder of the URL reaches it: PUBLIC_URL for clients, CALLBACK_URL for the GPU side. */
  readonly baseUrl: string;
  /** The first signs, all verify. To rotate, put a new one in front. */
  readonly secrets: readonly string[];
  /** The clock that all processes share, in milliseconds since the epoch; this process's own by default. */
  readonly now?: () => number;
}

function expiryOf({ now = Date.now }: SigningOptions, expiresInSeconds: number): number {
  return Math.floor(now() / 1000) + expiresInSeconds;
}

/** Returns `<base url>/api/objects/{token}`, which reads one object. */
export function getUrl(key: string, options: SignGetOptions, signing: SigningOptions): string {
  const grant: ObjectGrant = {
    method: 'GET',
    key,
    expiresAtSeconds: expiryOf(signing, options.expiresInSeconds),
    contentType: options.contentType ?? null,
    downloadName: options.downloadName ?? null,
    inline: options.inline ?? false,
  };
  return urlOf(grant, signing);
}

/** Returns `<base url>/api/objects/{token}`, which stores one object. */
export function putUrl(key: string, options: SignPutOptions, signing: SigningOptions): string {
  const grant: ObjectGrant = {
    method: 'PUT',
    key,
    expiresAtSeconds: expiryOf(signing, options.expiresInSeconds),
    contentType: options.contentType,
    maxBytes: options.maxBytes,
  };
  return urlOf(grant, signing);
}

function urlOf(grant: ObjectGrant, signing: SigningOptions): string {
  return `${signing.baseUrl.replace(/\/+$/, '')}/api/objects/${signObjectToken(grant, signing.secrets)}`;
}
