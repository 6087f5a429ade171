import type { FileWindow } from './file-window.js';

/** One of the consecutive parts (chunks, boxes, objects, blocks, tags) that a container is made of. */
export interface Part {
  /** Its first four characters; in W64 those of its GUID, which are the name it has in WAV. */
  readonly name: string;
  /** False for a name that no writer gives a chunk: the bytes are something else. */
  readonly isNamed: boolean;
  readonly startByte: number;
  /** Where its content starts, and how long the part says that its content is. */
  readonly contentByte: number;
  readonly contentBytes: number;
  /** Where the next part starts, after any padding. */
  readonly endByte: number;
  /** True if it lies past the end of the recording: it starts another recording, or marks the end. */
  readonly isPastEnd: boolean;
  /** The first bytes of the content, {@link partHeadBytes} or more unless the file ends. */
  readonly content: Buffer;
}

/** A container whose parts state their lengths. ffmpeg does not read past its end. */
export interface Container {
  readonly kind: 'wav' | 'rf64' | 'aiff' | 'w64' | 'caf' | 'iso' | 'asf' | 'wavpack' | 'flv' | 'voc';
  /** How its files start. */
  readonly magic: RegExp;
  /** Where the first part starts, or the second if only that can start another recording. */
  startByte(head: Buffer): number;
  /** Bytes at the start of a part that {@link read} needs. */
  readonly headBytes: number;
  /** @returns undefined for bytes that are no part */
  read(head: Buffer): PartHead | undefined;
}

interface PartHead {
  readonly contentAt: number;
  readonly contentBytes: number;
  readonly bytes: number;
  readonly isPastEnd: boolean;
  readonly isNamed?: boolean;
}

/** Bytes that are read of each part: enough for every head, and for the format chunks of WAV, W64 and CAF. */
export const partHeadBytes = 32;

const textAt = (head: Buffer, at: number): string => head.toString('latin1', at, at + 4);

/** A part of which only the length with its head matters. */
const whole = (bytes: number, isPastEnd: boolean): PartHead => ({
  contentAt: 0,
  contentBytes: bytes,
  bytes,
  isPastEnd,
});

/** A chunk with a name of four printable characters, padded to an even length. */
function chunk(head: Buffer, contentBytes: number, firstName: RegExp): PartHead {
  const name = textAt(head, 0);
  const bytes = 8 + contentBytes + (contentBytes % 2);
  const isNamed = /^[\x20-\x7e]{4}$/.test(name);
  return { contentAt: 8, contentBytes, bytes, isPastEnd: firstName.test(name), isNamed };
}

/** Microsoft and IBM, Multimedia Programming Interface and Data Specifications 1.0; RF64: EBU Tech 3306. */
const riff = {
  startByte: () => 12,
  headBytes: 8,
  read: (head: Buffer) => chunk(head, head.readUInt32LE(4), /^(RIFF|RF64)$/),
};

const containers: readonly Container[] = [
  { kind: 'wav', magic: /^RIFF....WAVE/s, ...riff },
  { kind: 'rf64', magic: /^RF64....WAVE/s, ...riff },
  // Apple, Audio Interchange File Format 1.3
  {
    kind: 'aiff',
    magic: /^FORM....AIF[FC]/s,
    startByte: () => 12,
    headBytes: 8,
    read: (head) => chunk(head, head.readUInt32BE(4), /^FORM$/),
  },
  // Sony Pictures Digital, Wave 64: names are GUIDs, lengths include the head, and parts start at multiples of 8
  {
    kind: 'w64',
    magic: /^riff/,
    startByte: () => 40,
    headBytes: 24,
    read: (head) => {
      const bytes = Number(head.readBigUInt64LE(16));
      if (bytes < 24) return undefined;
      const isPastEnd = textAt(head, 0) === 'riff';
      return { contentAt: 24, contentBytes: bytes - 24, bytes: Math.ceil(bytes / 8) * 8, isPastEnd };
    },
  },
  // Apple Core Audio Format Specification 1.0: a length of -1 means "to the end"
  {
    kind: 'caf',
    magic: /^caff/,
    startByte: () => 8,
    headBytes: 12,
    read: (head) => {
      const contentBytes = Number(head.readBigInt64BE(4));
      const isPastEnd = textAt(head, 0) === 'caff';
      if (contentBytes < 0 && !isPastEnd) return undefined;
      return { contentAt: 12, contentBytes, bytes: 12 + contentBytes, isPastEnd };
    },
  },
  // ISO/IEC 14496-12, section 4.2: a length of 1 stands for one of 64 bits, 0 for "to the end"
  {
    kind: 'iso',
    magic: /^....ftyp/s,
    startByte: (head) => head.readUInt32BE(0),
    headBytes: partHeadBytes,
    read: (head) => {
      const length = head.readUInt32BE(0);
      const bytes = length === 1 ? Number(head.readBigUInt64BE(8)) : length;
      return bytes < 8 ? undefined : whole(bytes, textAt(head, 4) === 'ftyp');
    },
  },
  // Microsoft, Advanced Systems Format 1.20.03: objects with a GUID and a length of 64 bits
  {
    kind: 'asf',
    magic: /^\x30\x26\xb2\x75\x8e\x66\xcf\x11/,
    startByte: (head) => Number(head.readBigUInt64LE(16)),
    headBytes: partHeadBytes,
    read: (head) => {
      const bytes = Number(head.readBigUInt64LE(16));
      return bytes < 24 ? undefined : whole(bytes, head.readUInt32BE(0) === 0x3026b275);
    },
  },
  // WavPack 4 and 5 File and Block Format: a first block (flag 11) with samples from 0 on starts a recording. APEv2 tags
  // follow the last block.
  {
    kind: 'wavpack',
    magic: /^wvpk/,
    startByte: (head) => 8 + head.readUInt32LE(4),
    headBytes: partHeadBytes,
    read: (head) => {
      if (textAt(head, 0) === 'APET') return whole(32 + head.readUInt32LE(12), false);
      if (textAt(head, 0) !== 'wvpk') return undefined;
      const isFirst = head.readUInt32LE(16) === 0 && head[10] === 0 && (head.readUInt32LE(24) & 0x800) !== 0;
      return whole(8 + head.readUInt32LE(4), isFirst && head.readUInt32LE(20) > 0);
    },
  },
  // Adobe, Flash Video File Format 10.1, annex E: each tag follows the length of the one before
  {
    kind: 'flv',
    magic: /^FLV/,
    startByte: (head) => head.readUInt32BE(5),
    headBytes: partHeadBytes,
    read: (head) => whole(4 + 11 + head.readUIntBE(5, 3), textAt(head, 4).startsWith('FLV')),
  },
  // Creative Voice File: a block of type 0 is the end
  {
    kind: 'voc',
    magic: /^Creative Voice File\x1a/,
    startByte: (head) => head.readUInt16LE(20),
    headBytes: partHeadBytes,
    read: (head) => whole(4 + head.readUIntLE(1, 3), head[0] === 0),
  },
];

/** The container of a file; undefined for one whose end ffmpeg finds itself, and for a file too short for any. */
export async function containerOf(file: FileWindow): Promise<Container | undefined> {
  const start = await file.bytes(0, partHeadBytes);
  if (start.length < partHeadBytes) return undefined;
  return containers.find(({ magic }) => magic.test(start.toString('latin1', 0, partHeadBytes)));
}

export interface Walk {
  /** Where to start; the container's first part by default. */
  readonly fromByte?: number;
  readonly maxParts: number;
}

/**
 * Visits the parts of a container in order, until `visit` returns false, bytes are no part, or the file ends.
 *
 * A callback, not an async generator: hours of FLV have half a million parts.
 */
export async function walkParts(
  file: FileWindow,
  container: Container,
  { fromByte, maxParts }: Walk,
  visit: (part: Part) => boolean,
): Promise<void> {
  let startByte = fromByte ?? container.startByte(await file.bytes(0, partHeadBytes));
  for (let count = 0; count < maxParts && startByte + container.headBytes <= file.size; count += 1) {
    const head = await file.bytes(startByte, 2 * partHeadBytes);
    const found = container.read(head);
    if (found === undefined) return;
    const { contentAt, contentBytes, bytes, isPastEnd, isNamed = true } = found;
    const [contentByte, endByte] = [startByte + contentAt, startByte + bytes];
    const content = head.subarray(contentAt);
    const place = { startByte, contentByte, contentBytes, endByte };
    if (!visit({ name: textAt(head, 0), isNamed, isPastEnd, content, ...place })) return;
    startByte = endByte;
  }
}
