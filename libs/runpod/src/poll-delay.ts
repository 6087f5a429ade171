const firstMs = 2_000;
const longestMs = 15_000;
const growth = 1.25;
// Up to a fifth on top, so that jobs that were submitted together are not polled together for ever.
const jitter = 0.2;
const longestBaseMs = longestMs / (1 + jitter);
/** From this poll on the wait does not grow any more. */
const longestFromPoll = Math.ceil(Math.log(longestBaseMs / firstMs) / Math.log(growth));

/**
 * How long to wait before a job's status is asked for: 2 s at first, growing to 15 s (runpod-contract: polling).
 *
 * @param pollNumber how many times it was asked for already, from 0
 * @param random a number in [0, 1)
 */
export function pollDelayMs(pollNumber: number, random: () => number = Math.random): number {
  const grown = firstMs * growth ** Math.max(0, pollNumber);
  const baseMs = Math.min(grown, longestBaseMs);
  return Math.round(baseMs * (1 + jitter * random()));
}

/** How long to wait after each poll, from the first on; the last holds for all that follow. */
export function pollDelaysMs(): number[] {
  return Array.from({ length: longestFromPoll }, (_, at) => pollDelayMs(at + 1));
}
