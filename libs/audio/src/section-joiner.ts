import { packetSamples, samplesPerSecond } from './opus-packet.js';
import type { Section } from './section-plan.js';

/**
 * The sections of a recording are not what its time stamps promised: they cannot be joined, and the recording has to be
 * encoded in one piece. What was given out before is right.
 */
export class SectionsDisagree extends Error {
  constructor() {
    super('The sections of the recording do not join');
  }
}

/**
 * Joins the packets of sections that were encoded apart into one stream, as a single encode would have cut it.
 *
 * A section's first packets repeat the end of the section before it (its lead) and its last one holds padding; both are
 * left out. Where the recording really ends only the sections tell: a container may have lied about its length. So the
 * last packet of a section is kept back until the next one proves that the recording goes on. A section in the middle that
 * comes out shorter than planned shows that time stamps and audio do not agree: then sections cannot be joined.
 */
export class SectionJoiner {
  #section: Section = { startSeconds: 0, leadSeconds: 0, endSeconds: null };
  /** Packets given out, and of them those before the section at hand. */
  #given = 0;
  #givenBefore = 0;
  /** Packets of the section at hand. */
  #seen = 0;
  /** The packet kept back of the section at hand. */
  #kept: Uint8Array | undefined;
  /** Whether the section before was as long as planned. */
  #isAsPlanned = true;
  #lastOfAll: Uint8Array | undefined;
  #totalSamples = 0;

  /** The next section begins. */
  begin(section: Section): void {
    this.#section = section;
    this.#givenBefore = this.#given;
    this.#seen = 0;
    this.#kept = undefined;
  }

  /**
   * Takes packets of the section.
   *
   * @returns those whose place in the stream is certain
   * @throws SectionsDisagree when the section before was shorter than planned
   */
  push(packets: readonly Uint8Array[]): Uint8Array[] {
    const ready: Uint8Array[] = [];
    for (const packet of packets) {
      this.#seen += 1;
      if (this.#seen <= this.#leadPackets) continue;
      if (this.#kept !== undefined) this.#give(this.#kept, ready);
      this.#kept = packet;
    }
    return ready;
  }

  /**
   * The section has ended.
   *
   * @param sectionSamples exact length of its audio, the lead included
   * @throws as `push`
   */
  end(sectionSamples: number): void {
    const leadSamples = this.#section.leadSeconds * samplesPerSecond;
    const ownSamples = sectionSamples - leadSamples;
    // Beyond the lead there may be nothing but the encoder's delay: then the recording ended before, if none follows.
    const hasAudio = this.#kept !== undefined && ownSamples > 0;
    if (hasAudio) {
      this.#goOn();
      this.#totalSamples = this.#givenBefore * packetSamples + ownSamples;
      this.#lastOfAll = this.#kept;
    }
    const { endSeconds, startSeconds } = this.#section;
    this.#isAsPlanned = endSeconds !== null && ownSamples === (endSeconds - startSeconds) * samplesPerSecond;
  }

  /** No section follows. @returns the last packet; undefined when there was no audio at all */
  finish(): { readonly last: readonly Uint8Array[]; readonly totalSamples: number } {
    return { last: this.#lastOfAll === undefined ? [] : [this.#lastOfAll], totalSamples: this.#totalSamples };
  }

  get #leadPackets(): number {
    return (this.#section.leadSeconds * samplesPerSecond) / packetSamples;
  }

  #give(packet: Uint8Array, ready: Uint8Array[]): void {
    this.#goOn();
    ready.push(packet);
    this.#given += 1;
  }

  /** The section at hand holds audio, so the one before was not the last. */
  #goOn(): void {
    if (!this.#isAsPlanned) throw new SectionsDisagree();
  }
}
