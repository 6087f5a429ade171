import { randomBytes } from 'node:crypto';

/** A job's unguessable word, 192 bits. */
export function newHookToken(): string {
  return randomBytes(24).toString('base64url');
}

/** What stands in the webhook's URL: the job's word and which submission it is about. */
export function hookPath(hookToken: string, submittedGeneration: number): string {
  return `/api/hooks/runpod/${hookToken}.${submittedGeneration}`;
}

/** Reads back the last part of {@link hookPath}; null for anything else. */
export function parseHook(part: string): { readonly hookToken: string; readonly submittedGeneration: number } | null {
  const match = /^([A-Za-z0-9_-]{32})\.([1-9]\d{0,8})$/.exec(part);
  return match ? { hookToken: match[1] ?? '', submittedGeneration: Number(match[2]) } : null;
}
