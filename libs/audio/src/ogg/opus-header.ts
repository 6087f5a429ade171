import { samplesPerSecond } from './opus-packet.js';

/** The used fields of an Opus identification header (RFC 7845 §5.1). */
export interface OpusHead {
  /** 1 or 2: mapping family 0. */
  readonly channels: number;
  /** 48 kHz samples to decode and discard before the audio starts. */
  readonly preSkip: number;
}

/** An Opus comment header (RFC 7845 §5.2). */
export interface OpusTags {
  readonly vendor: string;
  readonly comments: readonly string[];
}

const headMagic = 'OpusHead';
const tagsMagic = 'OpusTags';
const headBytes = 19;

/** Encodes an identification header: version 1, mapping family 0, no gain. */
export function encodeHead(head: OpusHead): Buffer {
  const bytes = Buffer.alloc(headBytes);
  bytes.write(headMagic, 'latin1');
  bytes.writeUInt8(1, 8);
  bytes.writeUInt8(head.channels, 9);
  bytes.writeUInt16LE(head.preSkip, 10);
  bytes.writeUInt32LE(samplesPerSecond, 12);
  return bytes;
}

/** @throws Error for anything but an identification header of mapping family 0 */
export function readHead(packet: Uint8Array): OpusHead {
  const bytes = Buffer.from(packet.buffer, packet.byteOffset, packet.length);
  if (bytes.length < headBytes || bytes.toString('latin1', 0, 8) !== headMagic) throw new Error('Not an Opus stream');
  if (bytes.readUInt8(8) >> 4 !== 0) throw new Error('The version of the Opus header is unknown');
  const channels = bytes.readUInt8(9);
  if (bytes.readUInt8(18) !== 0 || channels < 1 || channels > 2)
    throw new Error('The Opus stream is not mono or stereo');
  return { channels, preSkip: bytes.readUInt16LE(10) };
}

/** Encodes a comment header. Metadata of the recording is never copied into it. */
export function encodeTags(tags: OpusTags): Buffer {
  const texts = [tags.vendor, ...tags.comments].map((text) => Buffer.from(text, 'utf8'));
  const sized = texts.map((text) => Buffer.concat([uint32(text.length), text]));
  const [vendor, ...comments] = sized;
  return Buffer.concat([Buffer.from(tagsMagic, 'latin1'), vendor ?? uint32(0), uint32(comments.length), ...comments]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** @throws Error for anything but a comment header, and for lengths past its end */
export function readTags(packet: Uint8Array): OpusTags {
  const bytes = Buffer.from(packet.buffer, packet.byteOffset, packet.length);
  if (bytes.toString('latin1', 0, 8) !== tagsMagic) throw new Error('The Opus comment header is missing');
  let next = 8;
  const number = (): number => {
    if (next + 4 > bytes.length) throw new Error('The Opus comment header is cut off');
    next += 4;
    return bytes.readUInt32LE(next - 4);
  };
  const text = (): string => {
    const length = number();
    if (length > bytes.length - next) throw new Error('The Opus comment header is cut off');
    next += length;
    return bytes.toString('utf8', next - length, next);
  };
  const vendor = text();
  const count = number();
  if (count > (bytes.length - next) / 4) throw new Error('The Opus comment header is cut off');
  return { vendor, comments: Array.from({ length: count }, text) };
}
