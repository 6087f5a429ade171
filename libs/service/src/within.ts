/** Work took longer than its time limit. The work itself may still be running. */
export class TimeLimitExceeded extends Error {
  constructor(ms: number) {
    super(`no result within ${ms} ms`);
    this.name = 'TimeLimitExceeded';
  }
}

/**
 * Waits up to `ms` for work that may never settle, such as a command to a Redis that is down.
 *
 * @throws TimeLimitExceeded, or what the work throws
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeLimitExceeded(ms)), ms);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

/** Waits up to `ms` for work. @returns null if it fails or takes longer */
export function withinOrNull<T>(ms: number, work: Promise<T>): Promise<T | null> {
  return within(ms, work).catch(() => null);
}
