import { AppError } from '#libs/errors';
import { packetSamples } from './opus-packet.js';
import type { OpusStream } from './opus-stream.js';
import type { SectionEncoding } from './section-encoding.js';
import { SectionJoiner, SectionsDisagree } from './section-joiner.js';
import type { Section } from './section-plan.js';
import type { SectionSchedule } from './section-schedule.js';

/**
 * The packets of all sections as one stream.
 *
 * @param close ends all sections; called when the stream was read, left or has failed
 * @returns when the first packets are there
 * @throws SectionsDisagree from `batches`; as the sections' outputs
 */
export async function joinSections(
  sections: readonly Section[],
  schedule: SectionSchedule<SectionEncoding>,
  close: (reason: unknown) => Promise<void>,
): Promise<OpusStream> {
  const joiner = new SectionJoiner();
  let total: number | undefined;

  async function* joined(): AsyncGenerator<readonly Uint8Array[], void> {
    try {
      for (const [at, section] of sections.entries()) {
        const encoding = await schedule.section(at);
        joiner.begin(section);
        yield* joinedPackets(encoding, joiner);
        checkPreSkip(encoding.preSkip, (await schedule.section(0)).preSkip);
        schedule.wasRead();
      }
      const { last, totalSamples } = joiner.finish();
      total = totalSamples;
      yield last;
    } finally {
      await close(new Error('Nobody reads the packets'));
    }
  }

  const packets = joined();
  const first = await packets.next();
  const { preSkip } = await schedule.section(0);
  async function* batches(): AsyncGenerator<readonly Uint8Array[]> {
    try {
      if (first.done !== true) yield first.value;
      yield* packets;
    } finally {
      await packets.return();
    }
  }
  return {
    preSkip,
    batches: batches(),
    totalSamples: () => {
      if (total === undefined) throw new Error('The length is known only after the last packet was read');
      return total;
    },
  };
}

async function* joinedPackets(
  encoding: SectionEncoding,
  joiner: SectionJoiner,
): AsyncGenerator<readonly Uint8Array[], void> {
  for await (const packets of encoding.packets()) {
    const ready = joiner.push(packets);
    if (ready.length > 0) yield ready;
  }
  joiner.end(encoding.totalSamples);
  if (encoding.jumps().length > 0) throw new SectionsDisagree();
}

/** Every section pads by one packet, which the join leaves out, only with the same pre-skip of at most a packet. */
function checkPreSkip(own: number, first: number): void {
  const isEmpty = own === 0;
  if (isEmpty || (own === first && own <= packetSamples)) return;
  throw AppError.of('conversion_failed', { cause: new Error(`A section has a pre-skip of ${own}, not ${first}`) });
}
