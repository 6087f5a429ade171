const [minute, hour] = [60, 3600];

/** Seconds from each failed attempt to the next one: 11 attempts within 3 days. */
const delays = [5, 1 * minute, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 18 * hour, 22 * hour];

/** Share of a delay that is random, so that deliveries that failed together are not repeated together. */
const jitter = 0.1;

/**
 * Returns after how many seconds a message is sent again.
 *
 * @param failures attempts that failed, at least 1
 * @param random from 0 to 1
 * @returns null if it is not sent again
 */
export function retryAfterSeconds(failures: number, random: number): number | null {
  const delay = delays[failures - 1];
  return delay === undefined ? null : delay * (1 + jitter * (2 * random - 1));
}
