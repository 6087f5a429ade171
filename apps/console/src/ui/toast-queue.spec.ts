import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { HeldTimers } from '../../../../test/support/held-timers.js';
import { ToastQueue } from './toast-queue.js';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('ToastQueue', () => {
  it('shows the last three sentences', () => {
    const queue = new ToastQueue();
    for (const sentence of ['one', 'two', 'three', 'four']) queue.add('good', sentence);
    expect(queue.current().map(({ sentence }) => sentence)).toEqual(['two', 'three', 'four']);
  });

  it('removes a sentence after its time, or when it is closed, and tells its listeners', async () => {
    const queue = new ToastQueue();
    queue.add('poor', 'stays');
    const gone = new Promise<void>((resolve) => {
      const stop = queue.subscribe(() => {
        if (queue.current().length > 1) return;
        stop();
        resolve();
      });
    });
    queue.add('good', 'passes', 1);
    await gone;
    expect(queue.current().map(({ sentence }) => sentence)).toEqual(['stays']);
    queue.remove(1);
    expect(queue.current()).toEqual([]);
  });

  it('keeps everything while it is held, and for its whole time after that', () => {
    const timers = new HeldTimers(6000);
    const queue = new ToastQueue();
    queue.add('good', 'read me', 6000);
    queue.hold();
    expect(timers.waiting()).toEqual([]);
    queue.release();
    expect(timers.waiting().map((timer) => timer.fire())).toEqual([true]);
    expect(queue.current()).toEqual([]);
  });
});
