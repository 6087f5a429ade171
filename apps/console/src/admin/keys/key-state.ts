import type { Schema } from '#libs/client';

export type KeyState = 'active' | 'expiring' | 'expired' | 'revoked';

/** Keys that expire this soon are marked, so that they can be replaced in time. */
const soonMs = 14 * 24 * 3600 * 1000;

/** Returns whether a key works, and whether it soon will not. */
export function keyState({ revoked_at, expires_at }: Schema<'ApiKey'>, now: number): KeyState {
  if (revoked_at !== null) return 'revoked';
  if (expires_at === null) return 'active';
  const leftMs = Date.parse(expires_at) - now;
  if (leftMs <= 0) return 'expired';
  return leftMs <= soonMs ? 'expiring' : 'active';
}

export const isUsable = (state: KeyState): boolean => state === 'active' || state === 'expiring';

/** Returns the keys that work, then the others, both newest first. */
export function sortedKeys(keys: readonly Schema<'ApiKey'>[], now: number): readonly Schema<'ApiKey'>[] {
  const rank = (key: Schema<'ApiKey'>): number => (isUsable(keyState(key, now)) ? 0 : 1);
  return keys.toSorted((a, b) => rank(a) - rank(b) || Date.parse(b.created_at) - Date.parse(a.created_at));
}
