import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** Default 60 s, long enough for a busy machine. */
  readonly timeoutMs?: number;
  /** Pause between two polls, default 25 ms. */
  readonly everyMs?: number;
}

/**
 * Polls until a condition holds.
 *
 * @param what names the condition in the error of a timeout
 * @param look returns `undefined` or `false` for "not yet"; an error that it throws ends the wait
 * @returns the first other value that `look` returns
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
