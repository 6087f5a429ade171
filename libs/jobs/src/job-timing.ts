/** How long a claim holds without renewal. A killed worker's job is taken over after this. */
export const leaseMs = 10_000;

/** How often an owner renews its lease: three chances within a lease. */
export const renewEveryMs = 3_000;

/** Deaths in a row after which a job fails, because something about it kills workers. */
export const maxDeaths = 8;

/** Attempts after which a job fails. With the delays below that is about two minutes of failures. */
export const maxAttempts = 8;

/**
 * Computes the delay before the next attempt. It doubles from 1 s to 60 s, with jitter, so that jobs hit by one fault do
 * not come back in step.
 *
 * @param attempts retryable failures so far, ≥ 1
 * @param random in [0, 1)
 * @returns milliseconds, between half of the doubled time and all of it
 */
export function retryDelayMs(attempts: number, random: number): number {
  const full = Math.min(60_000, 1_000 * 2 ** Math.min(attempts - 1, 10));
  return Math.round(full / 2 + (full / 2) * random);
}
