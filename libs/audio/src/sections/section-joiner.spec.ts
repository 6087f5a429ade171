import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { packetSamples, samplesPerSecond } from '../ogg/opus-packet.js';
import { SectionJoiner, SectionsDisagree } from './section-joiner.js';
import { planSections, type Section } from './section-plan.js';

const preSkip = 312;

/** Number of packets that an encoder makes of this many samples. */
const packetCount = (samples: number): number => (samples === 0 ? 0 : Math.ceil((samples + preSkip) / packetSamples));

/** What ffmpeg makes of a section: packets that contain their position in the recording. */
function encode(section: Section, recordingSamples: number): { packets: Uint8Array[]; samples: number } {
  const from = (section.startSeconds - section.leadSeconds) * samplesPerSecond;
  const to = Math.min(recordingSamples, (section.endSeconds ?? Infinity) * samplesPerSecond);
  const samples = Math.max(0, to - from);
  return { packets: numbered(from / packetSamples, packetCount(samples)), samples };
}

const numbered = (from: number, count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, at) => new Uint8Array(Uint32Array.of(from + at).buffer));

const numberOf = (packet: Uint8Array): number => Buffer.from(packet).readUInt32LE();

/** Divides into pieces of up to `size`. */
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
    joiner.start(section);
    for (const some of batchesOf(packets, batch)) joined.push(...joiner.push(some));
    joiner.end(samples);
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

describe('SectionJoiner', () => {
  it('returns the packets of a single encode, for any length, even if the container states a wrong one', () => {
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

  it('returns nothing for no audio', () => {
    expect(join(sectionsOf(40, 0))).toEqual({ numbers: [], totalSamples: 0 });
  });
});

describe('SectionJoiner with a section of another length than planned', () => {
  const sections = planSections({ durationSeconds: 40, firstSeconds: 0 }, 10);
  const encodedAs = (lengths: readonly number[]) =>
    sections.map((section, at) => {
      const samples = (lengths[at] ?? 0) * samplesPerSecond;
      return { section, samples, packets: numbered(1000 * at, packetCount(samples)) };
    });

  it.each([
    ['shorter', [10, 5, 11, 7]],
    ['a sample shorter', [10, 11 - 1 / samplesPerSecond, 11, 7]],
    ['longer', [10, 12, 11, 6]],
    ['empty', [10, 11, 0, 7]],
    ['nothing but its lead', [10, 11, 1, 7]],
  ])('throws SectionsDisagree if another section follows (%s)', (_, lengths) => {
    expect(() => join(encodedAs(lengths))).toThrow(SectionsDisagree);
  });

  it('ends the recording if no section follows', () => {
    const { numbers, totalSamples } = join(encodedAs([10, 5, 1, 0]));
    expect(numbers).toHaveLength(500 + 201);
    expect(totalSamples).toBe(14 * samplesPerSecond);
  });
});
