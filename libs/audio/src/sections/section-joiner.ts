import { packetSamples, samplesPerSecond } from '../ogg/opus-packet.js';
import type { Section } from './section-plan.js';

/**
 * The sections do not match the recording's time stamps and cannot be joined. The recording has to be encoded in one
 * piece. Packets that were returned before are right.
 */
export class SectionsDisagree extends Error {
  constructor() {
    super('The sections of the recording do not join');
  }
}

/**
 * Joins the packets of separately encoded sections into the stream that a single encode would give.
 *
 * Drops the lead of each section, which repeats the end of the section before, and its last packet of padding. A
 * container may state a wrong length, so only the sections show where the recording ends: the last packet of a section
 * is held back until the next section proves that the recording continues. If a section in the middle is shorter than
 * planned, time stamps and audio disagree and the sections cannot be joined.
 */
export class SectionJoiner {
  #section: Section = { startSeconds: 0, leadSeconds: 0, endSeconds: null };
  /** Packets returned, in all and before the current section. */
  #returned = 0;
  #returnedBefore = 0;
  /** Packets of the current section. */
  #seen = 0;
  /** The packet of the current section that is held back. */
  #kept: Uint8Array | undefined;
  /** True if the section before had the planned length. */
  #isAsPlanned = true;
  #lastOfAll: Uint8Array | undefined;
  #totalSamples = 0;

  /** Starts the next section. */
  start(section: Section): void {
    this.#section = section;
    this.#returnedBefore = this.#returned;
    this.#seen = 0;
    this.#kept = undefined;
  }

  /**
   * Adds packets of the section.
   *
   * @returns the packets that certainly belong to the stream
   * @throws SectionsDisagree if the section before was shorter than planned
   */
  push(packets: readonly Uint8Array[]): Uint8Array[] {
    const ready: Uint8Array[] = [];
    for (const packet of packets) {
      this.#seen += 1;
      if (this.#seen <= this.#leadPackets) continue;
      if (this.#kept !== undefined) this.#return(this.#kept, ready);
      this.#kept = packet;
    }
    return ready;
  }

  /**
   * Ends the section.
   *
   * @param sectionSamples exact length of its audio, including the lead
   * @throws as `push`
   */
  end(sectionSamples: number): void {
    const leadSamples = this.#section.leadSeconds * samplesPerSecond;
    const ownSamples = sectionSamples - leadSamples;
    // After the lead there may be only the encoder's delay. Then the recording ended before, if no audio follows.
    const hasAudio = this.#kept !== undefined && ownSamples > 0;
    if (hasAudio) {
      this.#checkSectionBefore();
      this.#totalSamples = this.#returnedBefore * packetSamples + ownSamples;
      this.#lastOfAll = this.#kept;
    }
    const { endSeconds, startSeconds } = this.#section;
    this.#isAsPlanned = endSeconds !== null && ownSamples === (endSeconds - startSeconds) * samplesPerSecond;
  }

  /** Ends the stream. @returns the last packet, none if there was no audio, and the length of the stream */
  finish(): { readonly last: readonly Uint8Array[]; readonly totalSamples: number } {
    return { last: this.#lastOfAll === undefined ? [] : [this.#lastOfAll], totalSamples: this.#totalSamples };
  }

  get #leadPackets(): number {
    return (this.#section.leadSeconds * samplesPerSecond) / packetSamples;
  }

  #return(packet: Uint8Array, ready: Uint8Array[]): void {
    this.#checkSectionBefore();
    ready.push(packet);
    this.#returned += 1;
  }

  /** The current section has audio, so the one before was not the last and must have its planned length. */
  #checkSectionBefore(): void {
    if (!this.#isAsPlanned) throw new SectionsDisagree();
  }
}
