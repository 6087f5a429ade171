import { describe, expect, it } from '@jest/globals';
import { WorkSlots } from './work-slots.js';

/** Work that ends when it is told to. */
function held(): { work: () => Promise<void>; end: () => void; begun: () => boolean } {
  let end = (): void => undefined;
  let begun = false;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const work = (): Promise<void> => {
    begun = true;
    return ended;
  };
  return { work, end, begun: () => begun };
}

describe('WorkSlots', () => {
  it('does so many works at a time, in order, and refuses beyond the queue', async () => {
    const slots = new WorkSlots({ running: 1, waiting: 1, retryAfterSeconds: 7 });
    const [first, second] = [held(), held()];
    const running = slots.run(first.work);
    const waiting = slots.run(second.work);
    await expect(slots.run(held().work)).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 7 });
    expect([first.begun(), second.begun()]).toEqual([true, false]);
    first.end();
    await running;
    second.end();
    await waiting;
    await expect(slots.run(async () => 'again')).resolves.toBe('again');
  });

  it('frees the place of work that fails', async () => {
    const slots = new WorkSlots({ running: 1, waiting: 0, retryAfterSeconds: 1 });
    await expect(slots.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(slots.run(async () => 1)).resolves.toBe(1);
  });

  it('lets go of who stops waiting', async () => {
    const slots = new WorkSlots({ running: 1, waiting: 1, retryAfterSeconds: 1 });
    const first = held();
    const running = slots.run(first.work);
    const gone = new AbortController();
    const waiting = slots.run(held().work, gone.signal);
    gone.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    const next = slots.run(async () => 'next');
    first.end();
    await running;
    await expect(next).resolves.toBe('next');
  });
});
