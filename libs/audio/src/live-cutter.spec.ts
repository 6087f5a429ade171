import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planCut } from './cut-plan.js';
import { cutSample } from './cut-sample.js';
import { LiveCutter, type CutSample } from './live-cutter.js';
import { planWindows, secondsNeeded, windowOf } from './sample-windows.js';

const streamPreSkip = 312;

/** The packets of a recording of that length: the last one is padded, as an encoder pads it. */
const packetsOf = (totalSamples: number) =>
  Array.from({ length: Math.ceil((streamPreSkip + totalSamples) / 960) }, (_, at) =>
    Buffer.from([31 << 3, at & 255, (at >> 8) & 255]),
  );

function* inBatches(packets: readonly Buffer[], sizes: readonly number[]): Generator<readonly Buffer[]> {
  for (let at = 0, turn = 0; at < packets.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield packets.slice(at, at + size);
    at += size;
  }
}

const cutterFor = (windows: { windowSeconds: number; maxSamples: number }) =>
  new LiveCutter({ windows, streamPreSkip, serialOf: (index) => index });

function offline(windows: { windowSeconds: number; maxSamples: number }, totalSamples: number): CutSample[] {
  const packets = packetsOf(totalSamples);
  return planWindows(windows, totalSamples).map((stretch, at) => {
    const plan = planCut(stretch, streamPreSkip);
    const copied = packets.slice(plan.firstPacket, plan.firstPacket + plan.packetCount);
    return { index: at + 1, ...stretch, bytes: cutSample(copied, plan, at + 1) };
  });
}

describe('LiveCutter', () => {
  it('gives what cutting the finished stream gives, however the packets come', () => {
    const second = 48_000;
    const cases = fc.record({
      windowSeconds: fc.integer({ min: 1, max: 3 }),
      maxSamples: fc.integer({ min: 1, max: 5 }),
      // Often near a window's end, where a packet decides.
      totalSamples: fc.oneof(
        fc.integer({ min: 1, max: 8 * second }),
        fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: -961, max: 961 })).map(([n, d]) => n * second + d),
      ),
      sizes: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(cases, ({ windowSeconds, maxSamples, totalSamples, sizes }) => {
        const windows = { windowSeconds, maxSamples };
        const cutter = cutterFor(windows);
        const live = [...inBatches(packetsOf(totalSamples), sizes)].flatMap((batch) => cutter.push(batch));
        live.push(...cutter.finish(totalSamples));
        expect(live).toEqual(offline(windows, totalSamples));
      }),
    );
  });

  it('gives a sample with the packet after its last, and is then done', () => {
    const cutter = cutterFor({ windowSeconds: 1, maxSamples: 1 });
    const packets = packetsOf(96_000);
    // 312 + 48000 samples lie in 51 packets.
    expect(cutter.push(packets.slice(0, 51))).toEqual([]);
    expect(cutter.done).toBe(false);
    expect(cutter.push(packets.slice(51, 52))).toHaveLength(1);
    expect(cutter.done).toBe(true);
    expect(cutter.push(packets.slice(52))).toEqual([]);
    expect(cutter.finish(96_000)).toEqual([]);
  });

  it('does not take a window for full whose last packet is trimmed', () => {
    const cutter = cutterFor({ windowSeconds: 1, maxSamples: 3 });
    expect(cutter.push(packetsOf(47_900))).toEqual([]);
    expect(cutter.finish(47_900)).toMatchObject([{ index: 1, startSamples: 0, durationSamples: 47_900 }]);
  });

  it('says so when a stream ends before what was cut from it', () => {
    const cutter = cutterFor({ windowSeconds: 1, maxSamples: 3 });
    expect(cutter.push(packetsOf(60_000))).toHaveLength(1);
    expect(() => cutter.finish(40_000)).toThrow('shorter than the samples');
  });
});

describe('sample windows', () => {
  it('are consecutive from 0, whole, at most as many as asked', () => {
    const windows = { windowSeconds: 15, maxSamples: 25 };
    expect(planWindows(windows, 185.4 * 48_000)).toHaveLength(12);
    expect(planWindows(windows, 3600 * 48_000)).toHaveLength(25);
    expect(planWindows(windows, 15 * 48_000)).toEqual([windowOf(windows, 1)]);
    expect(planWindows(windows, 5 * 48_000)).toEqual([{ startSamples: 0, durationSamples: 240_000 }]);
    expect(windowOf(windows, 3)).toEqual({ startSamples: 1_440_000, durationSamples: 720_000 });
    expect(windowOf(windows, 26)).toBeUndefined();
    expect(secondsNeeded(windows)).toBe(375);
  });
});
