import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planCut, preRollPackets } from './cut-plan.js';
import { cutSample } from './cut-sample.js';
import { OggOpusReader } from '../ogg/ogg-opus-reader.js';

const anyCut = fc.record({
  startSamples: fc.nat(48_000 * 3600 * 4),
  durationSamples: fc.integer({ min: 1, max: 48_000 * 60 }),
  streamPreSkip: fc.nat(4000),
});

/** Packets that contain their own number, which shows the position of a decoder. */
const packets = (first: number, count: number) =>
  Array.from({ length: count }, (_, at) => {
    const packet = Buffer.alloc(5, 31 << 3);
    packet.writeUInt32LE(first + at, 1);
    return packet;
  });

describe('planCut', () => {
  it('starts and ends at the exact sample, for any stretch', () => {
    fc.assert(
      fc.property(anyCut, ({ startSamples, durationSamples, streamPreSkip }) => {
        const plan = planCut({ startSamples, durationSamples }, streamPreSkip);
        // Position of the new stream's audio in the decoded old stream, including the pre-skip.
        const start = plan.firstPacket * 960 + plan.preSkip;
        expect(start).toBe(streamPreSkip + startSamples);
        expect(plan.endGranule - plan.preSkip).toBe(durationSamples);
        const packetsEnd = plan.packetCount * 960;
        expect(plan.endGranule).toBeLessThanOrEqual(packetsEnd);
        expect(plan.endGranule).toBeGreaterThan(packetsEnd - 960);
      }),
    );
  });

  it('decodes 160 ms before the cut, or everything if there is less', () => {
    fc.assert(
      fc.property(anyCut, ({ startSamples, durationSamples, streamPreSkip }) => {
        const plan = planCut({ startSamples, durationSamples }, streamPreSkip);
        const packetOfStart = Math.floor((streamPreSkip + startSamples) / 960);
        expect(plan.firstPacket).toBe(Math.max(0, packetOfStart - preRollPackets));
        expect(plan.preSkip).toBeLessThan((preRollPackets + 1) * 960);
      }),
    );
  });

  it('plans the second sample of 15 s', () => {
    expect(planCut({ startSamples: 720_000, durationSamples: 720_000 }, 312)).toEqual({
      firstPacket: 742,
      packetCount: 759,
      preSkip: 7992,
      endGranule: 727_992,
      durationSamples: 720_000,
    });
  });

  it.each([
    [-1, 960],
    [0, 0],
    [0.5, 960],
    [0, Number.NaN],
  ])('rejects a stretch from %d of %d samples', (startSamples, durationSamples) => {
    expect(() => planCut({ startSamples, durationSamples }, 312)).toThrow(RangeError);
  });
});

describe('cutSample', () => {
  it('writes a stream of exactly the planned packets and length', () => {
    const plan = planCut({ startSamples: 100_000, durationSamples: 50_001 }, 312);
    const copied = packets(plan.firstPacket, plan.packetCount);
    const reader = new OggOpusReader();
    const read = reader.push(cutSample(copied, plan, 3));
    expect(reader.end()).toBe(50_001);
    expect(reader.preSkip).toBe(plan.preSkip);
    expect(read.map((packet) => Buffer.from(packet))).toEqual(copied);
  });

  it('rejects other packets than planned', () => {
    const plan = planCut({ startSamples: 0, durationSamples: 48_000 }, 312);
    expect(() => cutSample(packets(0, plan.packetCount - 1), plan, 3)).toThrow(RangeError);
    const tenMs = packets(0, plan.packetCount).map((packet) => Buffer.from([30 << 3, ...packet.subarray(1)]));
    expect(() => cutSample(tenMs, plan, 3)).toThrow('20 ms');
  });
});
