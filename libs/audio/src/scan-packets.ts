import { open, type FileHandle } from 'node:fs/promises';
import { packetArguments } from './ffmpeg-command.js';
import { PacketScan, type Hole } from './packet-scan.js';
import type { RecordingFacts } from './recording-facts.js';
import type { MissingAudio } from './recording-time.js';
import type { RunOptions } from './run-ffmpeg.js';
import { runFfprobe } from './run-ffprobe.js';

/** What a look at all packets has found. */
export interface ScannedPackets {
  /** Audio that is missing where bytes between the packets are damaged. */
  readonly missing: readonly MissingAudio[];
  /** Whether a seek finds the exact sample, as far as the packets tell. */
  readonly seeksExactly: boolean;
}

/**
 * Formats (ffmpeg's names) that are frames one after the other and nothing else. Their time stamps are counted from the
 * frames that are found, so that only the bytes between them tell what is lost. With each the size of its largest frame.
 */
const bareFrames: ReadonlyMap<string, number> = new Map([
  ['mp3', 2_881], // layer II of 160 kbit/s at 8 kHz, and a padding byte (ISO/IEC 13818-3, section 2.4.3.1)
  ['aac', 8_191], // the 13 bits of aac_frame_length (ISO/IEC 13818-7, section 6.2)
  ['ac3', 3_840], // 1,920 words (ATSC A/52, table 5.18)
  ['eac3', 4_096], // frmsiz has 11 bits, in words (ATSC A/52, section E.2.3.1.3)
]);

export const isBareFrames = ({ formatName }: RecordingFacts): boolean => bareFrames.has(formatName);

/**
 * Reads the packets of a recording, without decoding them: about 0.6 s for an hour (docs/performance.md).
 *
 * @throws as `runFfprobe`. A file that ffprobe breaks off in is judged by what it read.
 */
export async function scanPackets(inputPath: string, facts: RecordingFacts, run: RunOptions): Promise<ScannedPackets> {
  const scan = new PacketScan();
  await runFfprobe(packetArguments(inputPath, facts.track), run, (line) => scan.push(line));
  const file = await open(inputPath);
  try {
    const missing = isBareFrames(facts) ? await missingIn(scan, facts, file) : [];
    const isSteady = facts.formatName !== 'mp3' || scan.isConstant || (await hasSeekableHeader(file, scan));
    return { missing, seeksExactly: missing.length === 0 && scan.isContiguous && isSteady };
  } finally {
    await file.close();
  }
}

/** Tags that others put between and around frames: ID3v2, ID3v1, APEv2, Lyrics3. They hold no audio. */
const tag = /^(ID3|TAG|APETAGEX|LYRICSBEGIN)/;

/** A frame that is cut by a few bytes is the decoder's to report. */
const leastHoleBytes = 16;

async function missingIn(scan: PacketScan, facts: RecordingFacts, file: FileHandle): Promise<MissingAudio[]> {
  const { size } = await file.stat();
  const { holes, sound } = scan.damage(bareFrames.get(facts.formatName) ?? Number.POSITIVE_INFINITY);
  const tail: Hole = { fromByte: scan.endByte, bytes: size - scan.endByte, ticks: sound.ticks };
  const secondsPerTick = secondsOfTick(facts);
  const missing: MissingAudio[] = [];
  for (const { fromByte, bytes, ticks } of [...holes, tail]) {
    if (bytes < leastHoleBytes || (await isTag(file, fromByte))) continue;
    const lostTicks = (bytes / sound.bytes) * sound.ticks;
    missing.push({ atSeconds: ticks * secondsPerTick, seconds: lostTicks * secondsPerTick });
  }
  return missing;
}

/** libavformat's time base: 1/14112000 for MP3 (mp3dec.c), 1/28224000 for ADTS (aacdec.c), 1/90000 for AC-3. */
function secondsOfTick({ formatName }: RecordingFacts): number {
  return 1 / ({ mp3: 14_112_000, aac: 28_224_000 }[formatName] ?? 90_000);
}

async function isTag(file: FileHandle, at: number): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, at);
  return tag.test(buffer.toString('latin1', 0, bytesRead));
}

/** The header of a variable bit rate (`Xing`), with which ffmpeg seeks by reading; with `Info` it seeks by the mean rate. */
async function hasSeekableHeader(file: FileHandle, scan: PacketScan): Promise<boolean> {
  const headerBytes = 4096;
  const from = Math.max(0, scan.headBytes - headerBytes);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, from);
  return buffer.subarray(0, bytesRead).includes('Xing');
}
