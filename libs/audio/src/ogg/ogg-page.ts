import { oggCrc } from './ogg-crc.js';

/** One page of an Ogg stream (RFC 3533 §6). */
export interface OggPage {
  /** True if the first packet of this page continues one from the page before. */
  readonly continued: boolean;
  readonly beginOfStream: boolean;
  readonly endOfStream: boolean;
  /** Position after the last packet that ends on this page; -1 if none does. */
  readonly granule: number;
  readonly serial: number;
  /** Number of this page in its stream, from 0. */
  readonly sequence: number;
  /** Lengths of the body's segments. A packet ends at each segment shorter than 255. */
  readonly lacing: Uint8Array;
  readonly body: Uint8Array;
}

/** Maximum segments per page: the count is one byte. */
export const maxSegments = 255;

const headerBytes = 27;
const checksumAt = 22;
const capturePattern = Buffer.from('OggS', 'latin1');
const flag = { continued: 1, beginOfStream: 2, endOfStream: 4 } as const;
const noChecksum = new Uint8Array(4);

/** Returns the segments that a packet needs: one per 255 bytes, and a last one shorter than 255, which ends it. */
export function segmentsOf(packetBytes: number): number {
  return Math.floor(packetBytes / 255) + 1;
}

/** Returns the lacing values of complete packets, in order (RFC 3533 §5). */
export function laceWhole(packets: readonly Uint8Array[]): Uint8Array {
  const lacing = new Uint8Array(packets.reduce((sum, packet) => sum + segmentsOf(packet.length), 0)).fill(255);
  let next = 0;
  for (const packet of packets) {
    next += segmentsOf(packet.length);
    lacing[next - 1] = packet.length % 255;
  }
  return lacing;
}

/** Encodes a page of complete packets, with its checksum. @throws RangeError for more than `maxSegments` segments */
export function encodePage(
  page: Omit<OggPage, 'lacing' | 'body' | 'continued'>,
  packets: readonly Uint8Array[],
): Buffer {
  const lacing = laceWhole(packets);
  if (lacing.length > maxSegments) throw new RangeError(`A page holds ${maxSegments} segments, not ${lacing.length}`);
  const bodyAt = headerBytes + lacing.length;
  const bytes = Buffer.alloc(packets.reduce((sum, packet) => sum + packet.length, bodyAt));
  capturePattern.copy(bytes);
  bytes[5] = (page.beginOfStream ? flag.beginOfStream : 0) | (page.endOfStream ? flag.endOfStream : 0);
  bytes.writeBigInt64LE(BigInt(page.granule), 6);
  bytes.writeUInt32LE(page.serial, 14);
  bytes.writeUInt32LE(page.sequence, 18);
  bytes[26] = lacing.length;
  bytes.set(lacing, headerBytes);
  let next = bodyAt;
  for (const packet of packets) {
    bytes.set(packet, next);
    next += packet.length;
  }
  bytes.writeUInt32LE(oggCrc(bytes), checksumAt);
  return bytes;
}

/**
 * Parses the page that starts at `offset`.
 *
 * @returns the page, whose lacing and body are views of `bytes`, and its length; undefined if it is incomplete
 * @throws Error if the bytes are no Ogg page or its checksum is wrong
 */
export function readPage(bytes: Buffer, offset: number): { page: OggPage; length: number } | undefined {
  const available = bytes.length - offset;
  const seen = bytes.subarray(offset, offset + Math.min(capturePattern.length, available));
  if (!seen.equals(capturePattern.subarray(0, seen.length))) throw new Error('Not an Ogg page');
  if (available < headerBytes) return undefined;
  if (bytes[offset + 4] !== 0) throw new Error(`Ogg version ${bytes[offset + 4] ?? ''} is unknown`);
  const bodyAt = offset + headerBytes + bytes.readUInt8(offset + 26);
  if (bytes.length < bodyAt) return undefined;
  const lacing = bytes.subarray(offset + headerBytes, bodyAt);
  const end = lacing.reduce((sum, segment) => sum + segment, bodyAt);
  if (bytes.length < end) return undefined;

  const beforeChecksum = oggCrc(bytes.subarray(offset, offset + checksumAt));
  const checksum = oggCrc(bytes.subarray(offset + checksumAt + 4, end), oggCrc(noChecksum, beforeChecksum));
  if (checksum !== bytes.readUInt32LE(offset + checksumAt)) throw new Error('The checksum of an Ogg page is wrong');
  const flags = bytes.readUInt8(offset + 5);
  const page = {
    continued: (flags & flag.continued) !== 0,
    beginOfStream: (flags & flag.beginOfStream) !== 0,
    endOfStream: (flags & flag.endOfStream) !== 0,
    granule: Number(bytes.readBigInt64LE(offset + 6)),
    serial: bytes.readUInt32LE(offset + 14),
    sequence: bytes.readUInt32LE(offset + 18),
    lacing,
    // Not a Buffer: an hour has 180,000 packets, which are views of bodies, and views of a Buffer cost twice as much.
    body: new Uint8Array(bytes.buffer, bytes.byteOffset + bodyAt, end - bodyAt),
  };
  return { page, length: end - offset };
}
