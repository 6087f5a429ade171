import { setTimeout as sleep } from 'node:timers/promises';
import { isAppError } from '#libs/errors';
import { asAppError, isPoolerRefusal } from './connection-failure.js';

const retryEveryMs = 1_000;

const whatPoolersNeed =
  'a connection pooler refuses our start-up parameters: set DATABASE_DIRECT_URL to the URL of Postgres itself';

/**
 * Repeats work that needs Postgres until Postgres is available. After a power cut Postgres may start last, and a process
 * that exits meanwhile would only be restarted in a loop.
 *
 * @param onWait called once with the reason, if there is anything to wait for
 * @throws errors that do not pass by themselves, such as a wrong password
 */
export async function whenReachable<T>(work: () => Promise<T>, onWait?: (reason: unknown) => void): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const trouble = asAppError(error);
      if (isPoolerRefusal(error)) throw new Error(whatPoolersNeed, { cause: error });
      if (!isAppError(trouble, 'unavailable')) throw error;
      if (tries === 0) onWait?.(trouble.cause);
    }
    await sleep(retryEveryMs);
  }
}
