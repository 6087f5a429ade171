import { monitorEventLoopDelay } from 'node:perf_hooks';

const attempts = 10;

/**
 * Proves that something is not cut off as long as it makes progress. If this process itself was paused for as long as the
 * limit, as on a busy machine, a failure proves nothing, and the attempt is repeated.
 *
 * @param limitMs a pause of this length may already exceed the limit under test
 */
export async function withoutPause(limitMs: number, attempt: () => Promise<void>): Promise<void> {
  for (let number = 1; ; number += 1) {
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    try {
      return await attempt();
    } catch (error) {
      if (delay.max / 1e6 < limitMs || number === attempts) throw error;
    } finally {
      delay.disable();
    }
  }
}
