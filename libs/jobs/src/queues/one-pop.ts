import type { Queue } from 'bull';

/**
 * Makes a queue wait for its next delivery with one blocking command at a time, whatever its concurrency.
 *
 * Bull sends as many as its concurrency on one connection, and Redis answers them one after the other for 5 s each. A
 * frozen worker could therefore keep taking deliveries for concurrency × 5 s, each lost until Bull finds it stalled.
 */
export function popOneAtATime(queue: Queue): void {
  const next = queue.getNextJob.bind(queue);
  let last: Promise<unknown> = Promise.resolve();
  queue.getNextJob = () => {
    const popped = last.then(async () => ((await queue.isPaused(true)) ? undefined : next()));
    last = popped.catch(() => undefined);
    return popped;
  };
}
