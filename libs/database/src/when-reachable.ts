import { setTimeout as sleep } from 'node:timers/promises';
import { isAppError } from '#libs/errors';
import { asAppError } from './connection-failure.js';

const tryEveryMs = 1_000;

/**
 * Does what needs Postgres at the start of a process, again and again until Postgres takes part: after a power cut it
 * may be the last to start, and a process that ended meanwhile would only be started again and again.
 *
 * @param onWait told once, with what was in the way, when there is something to wait for
 * @throws what does not pass by itself, such as a wrong password
 */
export async function whenReachable<T>(work: () => Promise<T>, onWait?: (reason: unknown) => void): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const trouble = asAppError(error);
      if (!isAppError(trouble, 'unavailable')) throw error;
      if (tries === 0) onWait?.(trouble.cause);
    }
    await sleep(tryEveryMs);
  }
}
