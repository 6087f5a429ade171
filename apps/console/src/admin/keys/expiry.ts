/** How long a new key is to be valid. */
export type Lifetime = 'never' | '30' | '90' | '365' | 'date';

/**
 * Returns when a new key expires, as the API takes it: null for never.
 *
 * @param date `yyyy-mm-dd` for `date`; the key is valid until the end of that day in the zone of the browser
 * @returns undefined if the date is missing or over
 */
export function expiryOf(lifetime: Lifetime, date: string, now: number): string | null | undefined {
  if (lifetime === 'never') return null;
  if (lifetime !== 'date') return inWholeSeconds(now + Number(lifetime) * 24 * 3600 * 1000);
  const [year = Number.NaN, month = Number.NaN, day = Number.NaN] = date.split('-').map(Number);
  const end = new Date(year, month - 1, day, 23, 59, 59).getTime();
  return Number.isNaN(end) || end <= now ? undefined : inWholeSeconds(end);
}

const inWholeSeconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
