/**
 * Runs work for each item, up to `limit` at a time.
 *
 * @throws the first failure, after the work that has started ends. No more work is started then.
 */
export async function forEachLimited<T>(
  items: readonly T[],
  limit: number,
  work: (item: T, position: number) => Promise<unknown>,
): Promise<void> {
  const waiting = items.entries();
  let hasFailed = false;
  const lane = async (): Promise<void> => {
    for (const [position, item] of waiting) {
      if (hasFailed) return;
      await work(item, position).catch((error: unknown) => {
        hasFailed = true;
        throw error;
      });
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, lane));
  const rejected = lanes.find((result) => result.status === 'rejected');
  if (rejected) throw rejected.reason;
}
