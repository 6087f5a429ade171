import { encodePage, maxSegments, segmentsOf } from './ogg-page.js';
import { encodeHead, encodeTags } from './opus-header.js';
import { durationOf, samplesPerSecond } from './opus-packet.js';

/** Audio per page: about a second, as RFC 7845 §6 recommends. */
const pageSamples = samplesPerSecond;

const vendor = 'Timbre';

export interface OggOpusWriterOptions {
  /** 48 kHz samples that a player discards before the audio starts, 0 to 65535. */
  readonly preSkip: number;
  /** Serial number of the stream, 0 to 2³²−1. Derived by `serialFrom`, so that the same input gives the same bytes. */
  readonly serial: number;
  /** Default 1. */
  readonly channels?: number;
}

/**
 * Writes mono or stereo Opus packets as an Ogg Opus stream (RFC 3533, RFC 7845), page by page.
 *
 * It buffers at most the packets of one page. The last page is held back until `end`, because it carries the
 * end-of-stream flag and the trimmed length.
 */
export class OggOpusWriter {
  readonly #options: OggOpusWriterOptions;
  #page: Uint8Array[] = [];
  #segments = 0;
  #sequence = 0;
  #granule = 0;
  #pageGranule = 0;
  #ended = false;

  constructor(options: OggOpusWriterOptions) {
    this.#options = options;
  }

  /**
   * Adds the next packets.
   *
   * @returns the pages that are complete now, headers first; often none
   * @throws Error for anything but Opus packets
   */
  write(packets: Iterable<Uint8Array>): Buffer[] {
    if (this.#ended) throw new Error('The Ogg Opus stream has ended');
    const pages = this.#headers();
    for (const packet of packets) {
      const samples = durationOf(packet);
      const segments = segmentsOf(packet.length);
      if (segments > maxSegments) throw new Error('An Opus packet is too large for a page');
      const full = this.#granule + samples > this.#pageGranule + pageSamples || this.#segments + segments > maxSegments;
      if (full && this.#page.length > 0) pages.push(this.#takePage(this.#granule, false));
      this.#page.push(packet);
      this.#segments += segments;
      this.#granule += samples;
    }
    return pages;
  }

  /**
   * Ends the stream.
   *
   * @param totalSamples decoded length of the stream in 48 kHz samples; default: all packets. The granule position of
   *   the last page trims the rest (RFC 7845 §4.4).
   * @returns the last pages
   * @throws RangeError if the packets cannot give that length
   */
  end(totalSamples = this.#granule - this.#options.preSkip): Buffer[] {
    const endGranule = this.#options.preSkip + totalSamples;
    if (totalSamples < 0 || endGranule > this.#granule || endGranule < this.#pageGranule || this.#page.length === 0) {
      throw new RangeError(`The packets of this Ogg Opus stream cannot give ${totalSamples} samples`);
    }
    const last = this.#takePage(endGranule, true);
    this.#ended = true;
    return [last];
  }

  #headers(): Buffer[] {
    if (this.#sequence > 0) return [];
    const { preSkip, channels = 1 } = this.#options;
    const head = encodePage(this.#nextPage(0, { begin: true }), [encodeHead({ channels, preSkip })]);
    return [head, encodePage(this.#nextPage(0), [encodeTags({ vendor, comments: [] })])];
  }

  #takePage(granule: number, end: boolean): Buffer {
    const page = encodePage(this.#nextPage(granule, { end }), this.#page);
    this.#page = [];
    this.#segments = 0;
    this.#pageGranule = granule;
    return page;
  }

  #nextPage(granule: number, { begin = false, end = false } = {}) {
    const sequence = this.#sequence++;
    return { serial: this.#options.serial, sequence, granule, beginOfStream: begin, endOfStream: end };
  }
}
