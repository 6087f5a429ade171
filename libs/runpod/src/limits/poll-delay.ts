const firstMs = 2_000;
const longestMs = 15_000;
const growth = 1.25;
// Adds up to a fifth, so that jobs that were submitted together are not always polled together.
const jitter = 0.2;
const longestBaseMs = longestMs / (1 + jitter);
/** From this poll on, the delay is constant. */
const longestFromPoll = Math.ceil(Math.log(longestBaseMs / firstMs) / Math.log(growth));

/**
 * Returns the delay before a poll of a job's status: 2 s at first, growing to 15 s (docs/gpu-contract.md).
 *
 * @param pollNumber number of polls before it
 * @param random a number in [0, 1)
 */
export function pollDelayMs(pollNumber: number, random: () => number = Math.random): number {
  const grown = firstMs * growth ** Math.max(0, pollNumber);
  const baseMs = Math.min(grown, longestBaseMs);
  return Math.round(baseMs * (1 + jitter * random()));
}

/** Returns the delay after each poll, from the first on. The last one applies to all later polls. */
export function pollDelaysMs(): number[] {
  return Array.from({ length: longestFromPoll }, (_, at) => pollDelayMs(at + 1));
}
