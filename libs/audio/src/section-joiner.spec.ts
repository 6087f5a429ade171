import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { packetSamples, samplesPerSecond } from './opus-packet.js';
import { SectionJoiner } from './section-joiner.js';
import { planSections, type Section } from './section-plan.js';

const preSkip = 312;

/** Number of packets an encoder makes of so many samples. */
const packetCount = (samples: number): number => (samples === 0 ? 0 : Math.ceil((samples + preSkip) / packetSamples));

/** What an ffmpeg makes of a section: packets that say where in the recording they belong. */
function encode(section: Section, recordingSamples: number): { packets: Uint8Array[]; samples: number } {
  const from = (section.startSeconds - section.leadSeconds) * samplesPerSecond;
  const to = Math.min(recordingSamples, (section.endSeconds ?? Infinity) * samplesPerSecond);
  const samples = Math.max(0, to - from);
  return { packets: numbered(from / packetSamples, packetCount(samples)), samples };
}

const numbered = (from: number, count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, at) => new Uint8Array(Uint32Array.of(from + at).buffer));

const numberOf = (packet: Uint8Array): number => Buffer.from(packet).readUInt32LE();

/** Pieces of at most `size`. */
function* batchesOf(packets: readonly Uint8Array[], size: number): Generator<readonly Uint8Array[]> {
  for (let at = 0; at < packets.length; at += size) yield packets.slice(at, at + size);
}

function join(
  encoded: readonly { readonly section: Section; readonly packets: Uint8Array[]; readonly samples: number }[],
  batch = 40,
): { numbers: number[]; totalSamples: number } {
  const joiner = new SectionJoiner();
  const joined: Uint8Array[] = [];
  for (const { section, packets, samples } of encoded) {
    joiner.begin(section);
    for (const some of batchesOf(packets, batch)) joined.push(...joiner.push(some));
    joined.push(...joiner.end(samples));
  }
  const { last, totalSamples } = joiner.finish();
  return { numbers: [...joined, ...last].map(numberOf), totalSamples };
}

const sectionsOf = (statedSeconds: number, recordingSamples: number) =>
  planSections({ durationSeconds: statedSeconds, firstSeconds: 0 }, 10).map((section) => ({
    section,
    ...encode(section, recordingSamples),
  }));

const allPackets = (samples: number): number[] => Array.from({ length: packetCount(samples) }, (_, at) => at);

describe('joined sections are the packets of one encode', () => {
  it('whatever the length of the recording, and whether or not its container tells the truth about it', () => {
    const lengths = fc.oneof(
      fc.integer({ min: 1, max: 60 * samplesPerSecond }),
      fc.integer({ min: 1, max: 60 }).map((seconds) => seconds * samplesPerSecond),
    );
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 60, noNaN: true }),
        lengths,
        fc.integer({ min: 1, max: 99 }),
        (stated, samples, batch) => {
          const { numbers, totalSamples } = join(sectionsOf(stated, samples), batch);
          expect(totalSamples).toBe(samples);
          expect(numbers).toEqual(allPackets(samples));
        },
      ),
    );
  });

  it('of nothing there is nothing', () => {
    expect(join(sectionsOf(40, 0))).toEqual({ numbers: [], totalSamples: 0 });
  });
});

describe('a section that is not as long as planned', () => {
  const sections = planSections({ durationSeconds: 40, firstSeconds: 0 }, 10);
  const encodedAs = (lengths: readonly number[]) =>
    sections.map((section, at) => {
      const samples = (lengths[at] ?? 0) * samplesPerSecond;
      return { section, samples, packets: numbered(1000 * at, packetCount(samples)) };
    });

  it('is followed by the next one that holds anything: damage in the middle does not cut the recording', () => {
    // Sections of 10 s and a lead of 1 s: the second holds 4 s, the third only its lead, the last 6 s.
    const { numbers, totalSamples } = join(encodedAs([10, 5, 1, 7]));
    const expected = [
      ...Array.from({ length: 500 }, (_, at) => at),
      ...Array.from({ length: 201 }, (_, at) => 1050 + at),
      ...Array.from({ length: 301 }, (_, at) => 3050 + at),
    ];
    expect(numbers).toEqual(expected);
    expect(totalSamples).toBe(701 * packetSamples + 6 * samplesPerSecond);
  });

  it('may be longer', () => {
    const { numbers, totalSamples } = join(encodedAs([10, 12, 11, 6]));
    expect(numbers).toHaveLength(500 + 551 + 500 + 251);
    expect(totalSamples).toBe(1551 * packetSamples + 5 * samplesPerSecond);
  });
});
