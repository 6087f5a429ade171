import { randomBytes } from 'node:crypto';

/** Makes the unguessable token of a job's webhook URL: 192 bits. */
export function newHookToken(): string {
  return randomBytes(24).toString('base64url');
}

/** The path of a webhook: the job's token and which submission it is about. */
export function hookPath(hookToken: string, submittedGeneration: number): string {
  return `/api/hooks/runpod/${hookToken}.${submittedGeneration}`;
}

/** Parses the last part of {@link hookPath}. @returns null for anything else */
export function parseHook(part: string): { readonly hookToken: string; readonly submittedGeneration: number } | null {
  const match = /^([A-Za-z0-9_-]{32})\.([1-9]\d{0,8})$/.exec(part);
  return match ? { hookToken: match[1] ?? '', submittedGeneration: Number(match[2]) } : null;
}
