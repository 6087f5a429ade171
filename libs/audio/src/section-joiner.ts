import { packetSamples, samplesPerSecond } from './opus-packet.js';
import type { Section } from './section-plan.js';

/**
 * Joins the packets of sections that were encoded apart into one stream, as a single encode would have cut it.
 *
 * A section's first packets repeat the end of the section before it (its lead) and its last one holds padding; both are
 * left out. Where the recording really ends only the sections tell: a container may have lied about its length. So the
 * last packet of a section is kept back until the next one proves that the recording goes on. A section that comes out
 * shorter or longer than planned in the middle of a recording (damage, gaps in its time stamps) is joined as it is,
 * as a single encode joins what it can decode.
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
  /** The one kept back of the last section that held anything; undefined when what follows replaces it. */
  #keptBefore: Uint8Array | undefined;
  #lastOfAll: Uint8Array | undefined;
  #totalSamples = 0;

  /** The next section begins. */
  begin(section: Section): void {
    this.#section = section;
    this.#givenBefore = this.#given;
    this.#seen = 0;
    this.#kept = undefined;
  }

  /** Takes packets of the section. @returns those whose place in the stream is certain */
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

  /** The section has ended. @param sectionSamples exact length of its audio, the lead included */
  end(sectionSamples: number): Uint8Array[] {
    const ready: Uint8Array[] = [];
    const leadSamples = this.#section.leadSeconds * samplesPerSecond;
    // Beyond the lead there is nothing but the encoder's delay: the recording ended before.
    if (this.#kept === undefined || sectionSamples <= leadSamples) return ready;
    this.#goOn(ready);
    this.#totalSamples = this.#givenBefore * packetSamples + sectionSamples - leadSamples;
    const { endSeconds, startSeconds } = this.#section;
    const isAsPlanned =
      endSeconds !== null && sectionSamples - leadSamples === (endSeconds - startSeconds) * samplesPerSecond;
    this.#lastOfAll = this.#kept;
    this.#keptBefore = isAsPlanned ? undefined : this.#kept;
    return ready;
  }

  /** No section follows. @returns the last packet; undefined when there was no audio at all */
  finish(): { readonly last: readonly Uint8Array[]; readonly totalSamples: number } {
    return { last: this.#lastOfAll === undefined ? [] : [this.#lastOfAll], totalSamples: this.#totalSamples };
  }

  get #leadPackets(): number {
    return (this.#section.leadSeconds * samplesPerSecond) / packetSamples;
  }

  #give(packet: Uint8Array, ready: Uint8Array[]): void {
    this.#goOn(ready);
    ready.push(packet);
    this.#given += 1;
  }

  /** The section at hand holds audio: what was kept back of the one before is not the end. Does it once. */
  #goOn(ready: Uint8Array[]): void {
    if (this.#keptBefore === undefined) return;
    ready.push(this.#keptBefore);
    this.#keptBefore = undefined;
    this.#given += 1;
    this.#givenBefore += 1;
  }
}
