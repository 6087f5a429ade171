/** How long a claim holds without being renewed. A killed worker's job is taken over after this. */
export const leaseMs = 10_000;

/** How often an owner renews; three chances within a lease. */
export const renewEveryMs = 3_000;

/** Leases that may run out in a row before the job is given up: something about it kills workers. */
export const maxDeaths = 8;

/** Passing failures after which a job has failed. With the delays below that is about two minutes of trouble. */
export const maxAttempts = 8;

/**
 * How long to wait before the next try: doubling from 1 s to 60 s, with jitter so that jobs hit by one fault do not
 * come back in step.
 *
 * @param attempts passing failures so far, ≥ 1
 * @param random in [0, 1)
 * @returns milliseconds, between half and the whole of the doubled time
 */
export function retryDelayMs(attempts: number, random: number): number {
  const full = Math.min(60_000, 1_000 * 2 ** Math.min(attempts - 1, 10));
  return Math.round(full / 2 + (full / 2) * random);
}
