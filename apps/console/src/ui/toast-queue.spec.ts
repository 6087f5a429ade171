import { describe, expect, it } from '@jest/globals';
import { ToastQueue } from './toast-queue.js';

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
    expect(queue.current()).toEqual([{ id: 1, tone: 'poor', sentence: 'stays' }]);
    queue.remove(1);
    expect(queue.current()).toEqual([]);
  });
});
