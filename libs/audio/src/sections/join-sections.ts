import { AppError } from '#libs/errors';
import type { TrackSource } from '../ffmpeg/encode-opus.js';
import { packetSamples } from '../ogg/opus-packet.js';
import type { OpusStream } from '../ogg/opus-stream.js';
import type { SectionEncoding } from './section-encoding.js';
import { SectionTracks } from './section-tracks.js';
import { SectionJoiner, SectionsDisagree } from './section-joiner.js';
import type { Section } from './section-plan.js';
import type { SectionSchedule } from './section-schedule.js';

/**
 * Joins the packets of all sections into one stream, and their tracks.
 *
 * @param close ends all sections; called when the stream was read to its end, left early, or has failed
 * @returns once the first packets exist
 * @throws from `batches`: SectionsDisagree; as the sections' outputs
 */
export async function joinSections(
  sections: readonly Section[],
  schedule: SectionSchedule<SectionEncoding>,
  close: (reason: unknown) => Promise<void>,
): Promise<OpusStream & TrackSource> {
  const joiner = new SectionJoiner();
  const tracks = new SectionTracks();
  let total: number | undefined;

  async function* joined(): AsyncGenerator<readonly Uint8Array[], void> {
    try {
      for (const [at, section] of sections.entries()) {
        const encoding = await schedule.section(at);
        joiner.start(section);
        tracks.start(encoding);
        yield* joinedPackets(encoding, joiner);
        checkPreSkip(encoding.preSkip, (await schedule.section(0)).preSkip);
        schedule.wasRead();
      }
      const { last, totalSamples } = joiner.finish();
      total = totalSamples;
      yield last;
    } finally {
      await close(new Error('The reader stopped early'));
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
  const totalSamples = (): number => {
    if (total === undefined) throw new Error('The length is known only after the last packet was read');
    return total;
  };
  return {
    ...{ preSkip, totalSamples, batches: batches() },
    track: () => tracks.track(totalSamples()),
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

/** The join drops one packet of padding a section, which is right only for one pre-skip of up to a packet. */
function checkPreSkip(own: number, first: number): void {
  const isEmpty = own === 0;
  if (isEmpty || (own === first && own <= packetSamples)) return;
  throw AppError.of('conversion_failed', { cause: new Error(`A section has a pre-skip of ${own}, not ${first}`) });
}
