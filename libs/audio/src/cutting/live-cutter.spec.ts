import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planCut, type Stretch } from './cut-plan.js';
import { cutSample } from './cut-sample.js';
import { LiveCutter, type CutSample } from './live-cutter.js';
import { planWindows, secondsNeeded, windowOf, type CutWindows } from './sample-windows.js';

const streamPreSkip = 312;

/** The packets of a recording of this length. The last one is padded, as by an encoder. */
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

const cutterFor = (windows: CutWindows) => new LiveCutter({ windows, streamPreSkip, serialOf: (index) => index });

function cutFinished(stretches: readonly Stretch[], totalSamples: number): CutSample[] {
  const packets = packetsOf(totalSamples);
  return stretches.map((stretch, at) => {
    const plan = planCut(stretch, streamPreSkip);
    const copied = packets.slice(plan.firstPacket, plan.firstPacket + plan.packetCount);
    return { index: at + 1, ...stretch, bytes: cutSample(copied, plan, at + 1) };
  });
}

describe('LiveCutter', () => {
  it('returns the samples that cutting the finished stream gives, for any batches', () => {
    const second = 48_000;
    const cases = fc.record({
      windowSeconds: fc.integer({ min: 1, max: 3 }),
      maxSamples: fc.integer({ min: 1, max: 5 }),
      // Often near the end of a window, where one packet decides.
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
        expect(live).toEqual(cutFinished(planWindows(windows, totalSamples), totalSamples));
      }),
    );
  });

  it('returns the stretches of a plan, for any batches', () => {
    const cases = fc.record({
      // The air before each stretch, and its length.
      parts: fc.array(fc.tuple(fc.integer({ min: 0, max: 90_000 }), fc.integer({ min: 1, max: 90_000 })), {
        minLength: 1,
        maxLength: 6,
      }),
      air: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 90_000 })),
      sizes: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(cases, ({ parts, air, sizes }) => {
        let at = 0;
        const plan = parts.map(([before, durationSamples]) => {
          const startSamples = at + before;
          at = startSamples + durationSamples;
          return { startSamples, durationSamples };
        });
        const cutter = cutterFor(plan);
        const live = [...inBatches(packetsOf(at + air), sizes)].flatMap((batch) => cutter.push(batch));
        live.push(...cutter.finish(at + air));
        expect(live).toEqual(cutFinished(plan, at + air));
        expect(cutter.done).toBe(true);
      }),
    );
  });

  it('throws if the stream is shorter than the plan', () => {
    const cutter = cutterFor([{ startSamples: 48_000, durationSamples: 48_000 }]);
    expect(cutter.push(packetsOf(95_000))).toEqual([]);
    expect(() => cutter.finish(95_000)).toThrow('shorter than the plan');
  });

  it('returns a sample with the packet after its last, and is done after the last sample', () => {
    const cutter = cutterFor({ windowSeconds: 1, maxSamples: 1 });
    const packets = packetsOf(96_000);
    // 312 + 48000 samples span 51 packets.
    expect(cutter.push(packets.slice(0, 51))).toEqual([]);
    expect(cutter.done).toBe(false);
    expect(cutter.push(packets.slice(51, 52))).toHaveLength(1);
    expect(cutter.done).toBe(true);
    expect(cutter.push(packets.slice(52))).toEqual([]);
    expect(cutter.finish(96_000)).toEqual([]);
  });

  it('does not complete a window whose last packet is trimmed', () => {
    const cutter = cutterFor({ windowSeconds: 1, maxSamples: 3 });
    expect(cutter.push(packetsOf(47_900))).toEqual([]);
    expect(cutter.finish(47_900)).toMatchObject([{ index: 1, startSamples: 0, durationSamples: 47_900 }]);
  });

  it('throws if the stream is shorter than the samples cut from it', () => {
    const cutter = cutterFor({ windowSeconds: 1, maxSamples: 3 });
    expect(cutter.push(packetsOf(60_000))).toHaveLength(1);
    expect(() => cutter.finish(40_000)).toThrow('shorter than the samples');
  });
});

describe('planWindows', () => {
  it('returns complete, consecutive windows from 0, up to the maximum', () => {
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
