import type { Queue } from 'bull';

/**
 * Makes a queue wait for its next delivery with one blocking command at a time, however many run at once.
 *
 * Bull sends as many as its concurrency, on one connection, where Redis answers them in turn for 5 s each. A worker that
 * freezes could so go on taking deliveries for concurrency × 5 s, each of them lost until Bull finds it stalled.
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
