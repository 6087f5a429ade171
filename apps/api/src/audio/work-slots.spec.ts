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
  it('runs work in order, and rejects it if the queue is full', async () => {
    const slots = new WorkSlots({ running: 1, ofOnePartner: 1, waiting: 1, retryAfterSeconds: 7 });
    const [first, second] = [held(), held()];
    const running = slots.run('anna', first.work);
    const waiting = slots.run('anna', second.work);
    await expect(slots.run('anna', held().work)).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 7 });
    expect([first.begun(), second.begun()]).toEqual([true, false]);
    first.end();
    await running;
    second.end();
    await waiting;
    await expect(slots.run('anna', async () => 'again')).resolves.toBe('again');
  });

  it('frees the slot of work that fails', async () => {
    const slots = new WorkSlots({ running: 1, ofOnePartner: 1, waiting: 0, retryAfterSeconds: 1 });
    await expect(slots.run('anna', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(slots.run('anna', async () => 1)).resolves.toBe(1);
  });

  it('removes work from the queue when its signal aborts', async () => {
    const slots = new WorkSlots({ running: 1, ofOnePartner: 1, waiting: 1, retryAfterSeconds: 1 });
    const first = held();
    const running = slots.run('anna', first.work);
    const gone = new AbortController();
    const waiting = slots.run('anna', held().work, gone.signal);
    gone.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    const next = slots.run('anna', async () => 'next');
    first.end();
    await running;
    await expect(next).resolves.toBe('next');
  });

  it('lets partners take turns', async () => {
    const slots = new WorkSlots({ running: 1, ofOnePartner: 1, waiting: 9, retryAfterSeconds: 1 });
    const first = held();
    const order: string[] = [];
    const works = [slots.run('anna', first.work)];
    for (const [partner, name] of ['anna 1', 'anna 2', 'anna 3', 'ben 1', 'cleo 1', 'ben 2'].map(
      (work) => [work.split(' ')[0] ?? '', work] as const,
    )) {
      works.push(slots.run(partner, async () => void order.push(name)));
    }
    first.end();
    await Promise.all(works);
    expect(order).toEqual(['anna 1', 'ben 1', 'cleo 1', 'anna 2', 'ben 2', 'anna 3']);
  });

  it('leaves a slot to other partners if one partner may not use all', async () => {
    const slots = new WorkSlots({ running: 2, ofOnePartner: 1, waiting: 9, retryAfterSeconds: 1 });
    const [first, second] = [held(), held()];
    const works = [slots.run('anna', first.work), slots.run('anna', second.work)];
    await expect(slots.run('ben', async () => 'at once')).resolves.toBe('at once');
    expect(second.begun()).toBe(false);
    first.end();
    second.end();
    await Promise.all(works);
  });

  it('makes room in a full queue for a partner with less waiting work', async () => {
    const slots = new WorkSlots({ running: 1, ofOnePartner: 1, waiting: 3, retryAfterSeconds: 7 });
    const first = held();
    const running = slots.run('anna', first.work);
    const waiting = [1, 2, 3].map((number) => slots.run('anna', async () => number));
    const third = expect(waiting[2]).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 7 });
    const others = slots.run('ben', async () => 'ben');
    await third;
    await expect(slots.run('ben', async () => 0)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(slots.run('anna', async () => 0)).rejects.toMatchObject({ code: 'unavailable' });
    first.end();
    await running;
    await expect(Promise.all([waiting[0], waiting[1], others])).resolves.toEqual([1, 2, 'ben']);
  });
});
