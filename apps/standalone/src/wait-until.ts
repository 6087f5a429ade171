import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** Default 60 s: generous, for machines that are busy. */
  readonly timeoutMs?: number;
  /** Pause between two looks, default 25 ms. */
  readonly everyMs?: number;
}

/**
 * Looks until there is something to see.
 *
 * @param what the end of "… in time: " when there never was
 * @param look answers `undefined` or `false` for "not yet"; what it throws ends the wait
 * @returns the first other answer
 */
export async function waitUntil<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  options: WaitOptions = {},
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 60_000;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    await sleep(options.everyMs ?? 25);
  }
}
