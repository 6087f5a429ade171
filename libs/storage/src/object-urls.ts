import type { Audience, SignGetOptions, SignPutOptions } from './object-storage.js';
import { signObjectToken, type ObjectGrant } from './object-token.js';

/** How the local storage's signed URLs are made: the API itself serves them. */
export interface SigningOptions {
  /** PUBLIC_URL: the API as people reach it. */
  readonly clientBaseUrl: string;
  /** CALLBACK_URL: the API as the GPU side reaches it. */
  readonly gpuBaseUrl: string;
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
  return urlOf(grant, options.audience, signing);
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
  return urlOf(grant, options.audience, signing);
}

function urlOf(grant: ObjectGrant, audience: Audience, signing: SigningOptions): string {
  const base = audience === 'client' ? signing.clientBaseUrl : signing.gpuBaseUrl;
  return `${base.replace(/\/+$/, '')}/api/objects/${signObjectToken(grant, signing.secrets)}`;
}
