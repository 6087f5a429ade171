import type { SignGetOptions, SignPutOptions } from './object-storage.js';
import { signObjectToken, type ObjectGrant } from './object-token.js';

/** How signed URLs are made that the API itself serves. */
export interface SigningOptions {
  /** The API as who gets the URL reaches it: PUBLIC_URL for people, CALLBACK_URL for the GPU side. */
  readonly baseUrl: string;
  /** The first signs, all verify: put a new one in front to rotate. */
  readonly secrets: readonly string[];
}

const inSeconds = (nowMs: number, expiresInSeconds: number): number => Math.floor(nowMs / 1000) + expiresInSeconds;

/** `<base url>/api/objects/{token}` that reads one object. */
export function getUrl(key: string, options: SignGetOptions, signing: SigningOptions, nowMs: number): string {
  const grant: ObjectGrant = {
    method: 'GET',
    key,
    expiresAtSeconds: inSeconds(nowMs, options.expiresInSeconds),
    contentType: options.contentType ?? null,
    downloadName: options.downloadName ?? null,
  };
  return urlOf(grant, signing);
}

/** `<base url>/api/objects/{token}` that stores one object. */
export function putUrl(key: string, options: SignPutOptions, signing: SigningOptions, nowMs: number): string {
  const grant: ObjectGrant = {
    method: 'PUT',
    key,
    expiresAtSeconds: inSeconds(nowMs, options.expiresInSeconds),
    contentType: options.contentType,
    maxBytes: options.maxBytes,
  };
  return urlOf(grant, signing);
}

function urlOf(grant: ObjectGrant, signing: SigningOptions): string {
  return `${signing.baseUrl.replace(/\/+$/, '')}/api/objects/${signObjectToken(grant, signing.secrets)}`;
}
