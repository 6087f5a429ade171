import { readPage, type OggPage } from './ogg-page.js';
import { readHead, readTags, type OpusHead, type OpusTags } from './opus-header.js';
import { durationOf } from './opus-packet.js';

/** A packet may span pages. A longer one is garbage: the limit is far above any audio packet or comment header. */
const maxPacketBytes = 1 << 20;

/**
 * Parses one Ogg Opus stream (RFC 3533, RFC 7845) incrementally, from chunks of any size.
 *
 * It is strict, because it only reads what ffmpeg or this project wrote: checksums, page order and granule positions
 * must be right, the stream must start at 0, have no gaps and be the only one. Garbage and chained streams are errors.
 * It buffers at most one incomplete page and packet.
 */
export class OggOpusReader {
  #unread: Buffer = Buffer.alloc(0);
  #unfinished: Uint8Array[] = [];
  #unfinishedBytes = 0;
  #serial = 0;
  #pages = 0;
  #samples = 0;
  #granule = 0;
  #ended = false;
  #head: OpusHead | undefined;
  #tags: OpusTags | undefined;

  /** The identification header; undefined until its page was read. */
  get head(): OpusHead | undefined {
    return this.#head;
  }

  /** The comment header; undefined until it was read. All later packets are audio. */
  get tags(): OpusTags | undefined {
    return this.#tags;
  }

  /**
   * 48 kHz samples to discard before the audio starts.
   *
   * @throws Error if the stream ended before its headers did
   */
  get preSkip(): number {
    if (this.#head === undefined || this.#tags === undefined) throw new Error('The Ogg stream is cut off');
    return this.#head.preSkip;
  }

  /** Granule position (RFC 7845 §4) at the end of the last page read. */
  get granule(): number {
    return this.#granule;
  }

  /**
   * Parses the next bytes of the stream. The chunk must not be modified afterwards.
   *
   * @returns the audio packets that are complete now, in order, as views of the chunk where possible
   * @throws Error that says what is wrong with the stream
   */
  push(chunk: Uint8Array): Uint8Array[] {
    const bytes =
      this.#unread.length === 0
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
        : Buffer.concat([this.#unread, chunk]);
    const audio: Uint8Array[] = [];
    let offset = 0;
    while (offset < bytes.length) {
      if (this.#ended) throw new Error('The Ogg stream continues after its end');
      const read = readPage(bytes, offset);
      if (read === undefined) break;
      this.#takePage(read.page, audio);
      offset += read.length;
    }
    this.#unread = bytes.subarray(offset);
    return audio;
  }

  /**
   * Ends the stream.
   *
   * @returns its exact length in 48 kHz samples: the last granule position minus the pre-skip
   * @throws Error if the stream is truncated
   */
  end(): number {
    if (!this.#ended || this.#unread.length > 0) throw new Error('The Ogg stream is cut off');
    const total = this.#granule - this.preSkip;
    if (total < 0) throw new Error('The Ogg stream is shorter than its pre-skip');
    return total;
  }

  #takePage(page: OggPage, audio: Uint8Array[]): void {
    this.#checkOrder(page);
    const packets = this.#packetsOf(page);
    const before = audio.length;
    for (const packet of packets) {
      if (this.#head === undefined) this.#head = readHead(packet);
      else if (this.#tags === undefined) this.#tags = readTags(packet);
      else audio.push(packet);
    }
    for (let index = before; index < audio.length; index++) this.#samples += durationOf(audio[index] as Uint8Array);
    if (packets.length > 0 || page.endOfStream) this.#checkGranule(page);
    this.#ended = page.endOfStream;
  }

  #checkOrder(page: OggPage): void {
    if (this.#pages === 0) this.#serial = page.serial;
    if (page.beginOfStream !== (this.#pages === 0)) throw new Error('More than one stream in the Ogg file, or none');
    if (page.serial !== this.#serial) throw new Error('More than one stream in the Ogg file');
    if (page.sequence !== this.#pages) throw new Error(`Page ${this.#pages} of the Ogg stream is missing`);
    if (page.continued !== this.#unfinishedBytes > 0) throw new Error('Part of an Ogg packet is missing');
    this.#pages += 1;
  }

  /** A granule position must equal the sum of all packets so far. Only the last page may trim (RFC 7845 §4.4). */
  #checkGranule(page: OggPage): void {
    const exact = page.granule === this.#samples;
    const trimmed = page.endOfStream && page.granule >= this.#granule && page.granule < this.#samples;
    if (!exact && !trimmed) throw new Error('The Ogg Opus stream has a gap');
    this.#granule = page.granule;
  }

  #packetsOf(page: OggPage): Uint8Array[] {
    const packets: Uint8Array[] = [];
    let start = 0;
    let end = 0;
    for (const segment of page.lacing) {
      end += segment;
      if (segment === 255) continue;
      packets.push(this.#finishPacket(page.body.subarray(start, end)));
      start = end;
    }
    if (end > start) this.#keepUnfinished(page.body.subarray(start));
    return packets;
  }

  #finishPacket(last: Uint8Array): Uint8Array {
    if (this.#unfinishedBytes === 0) return last;
    const packet = Buffer.concat([...this.#unfinished, last]);
    this.#unfinished = [];
    this.#unfinishedBytes = 0;
    return packet;
  }

  #keepUnfinished(part: Uint8Array): void {
    this.#unfinished.push(part);
    this.#unfinishedBytes += part.length;
    if (this.#unfinishedBytes > maxPacketBytes) throw new Error('A packet of the Ogg stream does not end');
  }
}
