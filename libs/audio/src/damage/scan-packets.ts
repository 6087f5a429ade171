import { open, type FileHandle } from 'node:fs/promises';
import { isTag, missingFrames, tagBytes, unlistedFrames } from './bare-frames.js';
import { packetArguments } from '../ffmpeg/ffmpeg-command.js';
import { PacketScan, type Hole } from './packet-scan.js';
import { missingAroundPages } from './ogg-damage.js';
import type { RecordingFacts } from '../probing/recording-facts.js';
import type { MissingAudio } from '../probing/recording-time.js';
import type { RunOptions } from '../ffmpeg/run-ffmpeg.js';
import { runFfprobe } from '../ffmpeg/run-ffprobe.js';

/** Result of {@link scanPackets}. */
export interface ScannedPackets {
  /** Audio that is missing where bytes between the packets are damaged. */
  readonly missing: readonly MissingAudio[];
  /** True if, according to the packets, a seek finds the exact sample. */
  readonly seeksExactly: boolean;
}

/**
 * Formats (ffmpeg's names) that consist only of consecutive frames, with the size of their largest frame. ffmpeg counts
 * their time stamps from the frames it finds, so losses show only in the bytes between them, which ffprobe lists.
 */
const listedFrames: ReadonlyMap<string, number> = new Map([
  ['mp3', 2_881], // layer II of 160 kbit/s at 8 kHz, and a padding byte (ISO/IEC 13818-3, section 2.4.3.1)
  ['ac3', 3_840], // 1,920 words (ATSC A/52, table 5.18)
  ['eac3', 4_096], // frmsiz has 11 bits, in words (ATSC A/52, section E.2.3.1.3)
]);

/** True if audio may be missing without a jump of the time stamps. */
export const hidesDamage = ({ formatName }: RecordingFacts): boolean =>
  listedFrames.has(formatName) || unlistedFrames.includes(formatName) || formatName === 'ogg';

/**
 * Reads the packets of a recording without decoding them. Takes about 0.6 s for an hour (docs/performance.md).
 *
 * @throws as `runFfprobe`. If ffprobe fails midway, the packets it has read are used.
 */
export async function scanPackets(inputPath: string, facts: RecordingFacts, run: RunOptions): Promise<ScannedPackets> {
  if (unlistedFrames.includes(facts.formatName)) {
    return { missing: await missingFrames(inputPath, facts.formatName), seeksExactly: false };
  }
  if (facts.formatName === 'ogg') return { missing: await missingAroundPages(inputPath, facts), seeksExactly: false };
  const scan = new PacketScan();
  await runFfprobe(packetArguments(inputPath, facts.track), run, (line) => scan.push(line));
  const file = await open(inputPath);
  try {
    const missing = listedFrames.has(facts.formatName) ? await missingIn(scan, facts, file) : [];
    const isSteady = facts.formatName !== 'mp3' || scan.isConstant || (await hasSeekableHeader(file, scan));
    return { missing, seeksExactly: missing.length === 0 && scan.isContiguous && isSteady };
  } finally {
    await file.close();
  }
}

/** Smaller holes are ignored: the decoder reports a frame that lacks a few bytes. */
const minHoleBytes = 16;

async function missingIn(scan: PacketScan, facts: RecordingFacts, file: FileHandle): Promise<MissingAudio[]> {
  const { size } = await file.stat();
  const { holes, sound } = scan.damage(listedFrames.get(facts.formatName) ?? Number.POSITIVE_INFINITY);
  const tail: Hole = { fromByte: scan.endByte, bytes: size - scan.endByte, ticks: sound.ticks };
  const secondsPerTick = secondsOfTick(facts);
  const missing: MissingAudio[] = [];
  for (const { fromByte, bytes, ticks } of [...holes, tail]) {
    if (bytes < minHoleBytes || (await startsTag(file, fromByte))) continue;
    const lostTicks = (bytes / sound.bytes) * sound.ticks;
    missing.push({ atSeconds: ticks * secondsPerTick, seconds: lostTicks * secondsPerTick });
  }
  return missing;
}

/** libavformat's time base: 1/14112000 for MP3 (mp3dec.c), 1/90000 for AC-3. */
const secondsOfTick = ({ formatName }: RecordingFacts): number => 1 / (formatName === 'mp3' ? 14_112_000 : 90_000);

async function startsTag(file: FileHandle, at: number): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(tagBytes), 0, tagBytes, at);
  return isTag(buffer.subarray(0, bytesRead));
}

/** True for the header of a variable bit rate (`Xing`): ffmpeg then seeks by reading, but with `Info` by the mean rate. */
async function hasSeekableHeader(file: FileHandle, scan: PacketScan): Promise<boolean> {
  const headerBytes = 4096;
  const from = Math.max(0, scan.headBytes - headerBytes);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, from);
  return buffer.subarray(0, bytesRead).includes('Xing');
}
