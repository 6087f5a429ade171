import { describe, expect, it } from '@jest/globals';
import { EncodeSlots, type EncodeSlot } from './encode-slots.js';

/** Records who gets a slot, in order. */
function watch(slots: EncodeSlots) {
  const order: string[] = [];
  const held = new Map<string, EncodeSlot>();
  const note = (name: string, slot: Promise<EncodeSlot>): void =>
    void slot.then((granted) => {
      order.push(name);
      held.set(name, granted);
    });
  return {
    order,
    take: (name: string) => note(name, slots.take()),
    borrow: (name: string) => note(name, slots.borrow()),
    release: (name: string) => held.get(name)?.release(),
  };
}

const settled = () => new Promise(setImmediate);

describe('EncodeSlots', () => {
  it('grants no more slots than there are', async () => {
    const seen = watch(new EncodeSlots(2));
    for (const name of ['a', 'b', 'c']) seen.take(name);
    await settled();
    expect(seen.order).toEqual(['a', 'b']);
    seen.release('a');
    await settled();
    expect(seen.order).toEqual(['a', 'b', 'c']);
  });

  it('serves jobs before borrowers, and each in the order of their calls', async () => {
    const seen = watch(new EncodeSlots(1));
    seen.take('job 1');
    await settled();
    for (const name of ['borrower 1', 'borrower 2']) seen.borrow(name);
    for (const name of ['job 2', 'job 3']) seen.take(name);
    for (const name of ['job 1', 'job 2', 'job 3', 'borrower 1']) {
      seen.release(name);
      await settled();
    }
    expect(seen.order).toEqual(['job 1', 'job 2', 'job 3', 'borrower 1', 'borrower 2']);
  });

  it('takes a slot back once, even if it is released twice', async () => {
    const seen = watch(new EncodeSlots(1));
    seen.take('a');
    await settled();
    seen.release('a');
    seen.release('a');
    for (const name of ['b', 'c']) seen.take(name);
    await settled();
    expect(seen.order).toEqual(['a', 'b']);
  });

  it('rejects with the reason of the abort and grants no slot', async () => {
    const slots = new EncodeSlots(1);
    const held = await slots.take();
    const stop = new AbortController();
    const leaving = slots.take(stop.signal);
    const staying = slots.borrow();
    stop.abort('over');
    await expect(leaving).rejects.toBe('over');
    held.release();
    await staying;
    await expect(slots.take(AbortSignal.abort('never'))).rejects.toBe('never');
  });

  it('needs at least one slot', () => {
    expect(() => new EncodeSlots(0)).toThrow(RangeError);
  });
});
