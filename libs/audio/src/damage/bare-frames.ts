import { FileWindow } from '../probing/file-window.js';
import type { MissingAudio } from '../probing/recording-time.js';

/** Tags that programs add before, between and after frames: ID3v2, ID3v1, APEv2, Lyrics3. They contain no audio. */
const tag = /^(ID3|TAG|APETAGEX|LYRICSBEGIN)/;

/** Bytes that `isTag` needs. */
export const tagBytes = 16;

export const isTag = (bytes: Buffer): boolean => tag.test(bytes.toString('latin1', 0, tagBytes));

/**
 * A format that consists only of consecutive frames, each of which states its length. After damage, ffmpeg continues
 * wherever something looks like a frame, and does not report what it skipped or decoded by mistake.
 */
interface FrameFormat {
  /** Position of the first frame. */
  readonly startByte: number;
  /** Bytes of a header. */
  readonly headBytes: number;
  /** This many consecutive headers are no coincidence. */
  readonly certainFrames: number;
  /** Returns the size of the frame whose header is at `at`; 0 if there is no frame. */
  frameBytes(bytes: Buffer, at: number): number;
  /** Returns the size of what ffmpeg takes for a frame at `at`; 0 if it searches on. */
  takenBytes(bytes: Buffer, at: number): number;
  /** Returns the seconds of audio in a frame with this header. */
  seconds(head: Buffer): number;
}

/** Sampling rates by the index in the header (ISO/IEC 14496-3, table 1.18). */
const adtsRates = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];

/** ISO/IEC 14496-3, section 1.A.2.2: twelve bits of ones, layer 0, and the length including the header in 13 bits. */
const adts: FrameFormat = {
  ...{ startByte: 0, headBytes: 7, certainFrames: 3 },
  frameBytes: adtsFrameBytes,
  takenBytes: adtsFrameBytes,
  seconds: (head) => (1024 * ((head[6]! & 3) + 1)) / adtsRates[rateIndex(head)]!,
};

const rateIndex = (head: Buffer, at = 0): number => (head[at + 2]! >> 2) & 15;

function adtsFrameBytes(bytes: Buffer, at: number): number {
  if (bytes[at] !== 0xff || (bytes[at + 1]! & 0xf6) !== 0xf0 || rateIndex(bytes, at) >= adtsRates.length) return 0;
  const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
  return length < adts.headBytes ? 0 : length;
}

const amrMagic = { narrow: '#!AMR\n', wide: '#!AMR-WB\n' } as const;

/**
 * Frame sizes by the mode in the header (RFC 4867, section 5.3). libavformat's amr.c takes unused modes, those from
 * `modes` on, for frames of one byte.
 */
const amrSizes = {
  narrow: { modes: 9, bytes: [13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1] },
  wide: { modes: 10, bytes: [18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1] },
} as const;

/** The mode of a frame without content. */
const noData = 15;

/** The bits around the mode in the header of an undamaged frame. */
const amrPadding = { mask: 0x87, value: 0x04 } as const;

function amr(band: 'narrow' | 'wide'): FrameFormat {
  const { modes, bytes: sizes } = amrSizes[band];
  const modeOf = (head: number): number => (head >> 3) & 15;
  const isHeader = (head: number): boolean =>
    (head & amrPadding.mask) === amrPadding.value && (modeOf(head) < modes || modeOf(head) === noData);
  const takenBytes = (bytes: Buffer, at: number): number => sizes[modeOf(bytes[at]!)]!;
  return {
    ...{ startByte: amrMagic[band].length, headBytes: 1, certainFrames: 6, takenBytes, seconds: () => 0.02 },
    frameBytes: (bytes, at) => (isHeader(bytes[at]!) ? takenBytes(bytes, at) : 0),
  };
}

/** Formats of bare frames (ffmpeg's names) for which ffprobe does not list the bytes it skips between frames. */
export const unlistedFrames: readonly string[] = ['aac', 'amr'];

/**
 * Finds missing audio in a recording of bare AAC frames (ADTS) or of AMR, by walking the frames.
 *
 * The missing length is estimated from the number of bytes, as frames have about the same size. It is negative if the
 * damaged bytes were decoded as more frames than there were.
 *
 * @param formatName ffmpeg's, one of `unlistedFrames`
 */
export async function missingFrames(path: string, formatName: string): Promise<MissingAudio[]> {
  const file = await FileWindow.open(path, 1 << 20);
  try {
    return await new FrameWalk(file, formatName === 'aac' ? adts : amr(await amrBand(file))).missing();
  } finally {
    await file.close();
  }
}

async function amrBand(file: FileWindow): Promise<'narrow' | 'wide'> {
  const magic = await file.bytes(0, amrMagic.wide.length);
  return magic.toString('latin1', 0, amrMagic.wide.length) === amrMagic.wide ? 'wide' : 'narrow';
}

/** A stretch from where no frame follows the one before to where ffmpeg reads whole frames again. */
interface Damage {
  readonly atSeconds: number;
  /** Bytes that belong to no whole frame. */
  readonly bytes: number;
  /** Length of the whole frames within it. */
  readonly wholeSeconds: number;
  /** Length of what ffmpeg decodes it to. */
  readonly takenSeconds: number;
}

/** Damage beyond these limits is ignored. */
const maxDamage = { places: 10_000, searchedBytes: 64 << 20 } as const;

class FrameWalk {
  /** Totals of the frames outside damage. */
  #wholeBytes = 0;
  #wholeSeconds = 0;
  #searchedBytes = 0;

  constructor(
    private readonly file: FileWindow,
    private readonly format: FrameFormat,
  ) {}

  async missing(): Promise<MissingAudio[]> {
    const damaged: Damage[] = [];
    let takenSeconds = 0;
    let at = this.format.startByte;
    while (at < this.file.size && damaged.length < maxDamage.places) {
      const { bytes, seconds } = await this.#frame(at);
      const next = at + bytes;
      if (bytes > 0 && (next >= this.file.size || (await this.#frame(next)).bytes > 0)) {
        this.#wholeBytes += bytes;
        this.#wholeSeconds += seconds;
        takenSeconds += seconds;
        at = next;
      } else if (isTag(await this.file.bytes(next, tagBytes))) {
        takenSeconds += seconds;
        at = await this.#nextFrame(next + 1);
      } else {
        const { resumeAt, ...damage } = await this.#skipDamage(at);
        damaged.push({ atSeconds: takenSeconds, ...damage });
        takenSeconds += damage.takenSeconds;
        at = resumeAt;
      }
    }
    if (this.#wholeBytes === 0) return [];
    const secondsPerByte = this.#wholeSeconds / this.#wholeBytes;
    return damaged.map(({ atSeconds, bytes, wholeSeconds, takenSeconds: taken }) => {
      return { atSeconds, seconds: bytes * secondsPerByte + wholeSeconds - taken };
    });
  }

  /** Walks the whole frames and what ffmpeg takes for frames side by side, until both are at the same position. */
  async #skipDamage(from: number): Promise<Omit<Damage, 'atSeconds'> & { readonly resumeAt: number }> {
    let takenAt = from;
    let frameAt = await this.#nextFrame(from + 1);
    let bytes = frameAt - from;
    let [wholeSeconds, takenSeconds] = [0, 0];
    while (takenAt !== frameAt) {
      if (takenAt < frameAt) {
        const head = await this.file.bytes(takenAt, this.format.headBytes);
        const taken = head.length < this.format.headBytes ? 0 : this.format.takenBytes(head, 0);
        if (taken > 0) takenSeconds += this.format.seconds(head);
        takenAt = taken > 0 ? Math.min(this.file.size, takenAt + taken) : frameAt;
      } else {
        const frame = await this.#frame(frameAt);
        const next = frame.bytes > 0 ? frameAt + frame.bytes : await this.#nextFrame(frameAt + 1);
        if (frame.bytes === 0) bytes += next - frameAt;
        wholeSeconds += frame.seconds;
        frameAt = Math.min(this.file.size, next);
      }
    }
    return { bytes, wholeSeconds, takenSeconds, resumeAt: frameAt };
  }

  /** Returns the next certain start of a frame from `from` on; the end of the file if there is none. */
  async #nextFrame(from: number): Promise<number> {
    const { format } = this;
    const { headBytes } = format;
    for (let at = from; at < this.file.size && this.#searchedBytes < maxDamage.searchedBytes;) {
      const bytes = await this.file.bytes(at, headBytes);
      const last = bytes.length - headBytes;
      let step = 0;
      while (step <= last && format.frameBytes(bytes, step) === 0) step += 1;
      if (last < 0) break;
      if (step <= last && (await this.#isCertainFrame(at + step))) return at + step;
      at += step + (step <= last ? 1 : 0);
      this.#searchedBytes += step + 1;
    }
    return this.file.size;
  }

  async #isCertainFrame(at: number): Promise<boolean> {
    let place = at;
    for (let count = 0; count < this.format.certainFrames && place < this.file.size; count += 1) {
      const { bytes } = await this.#frame(place);
      if (bytes === 0) return false;
      place += bytes;
    }
    return true;
  }

  /** Returns 0 bytes and 0 seconds if there is no frame. */
  async #frame(at: number): Promise<{ readonly bytes: number; readonly seconds: number }> {
    const head = await this.file.bytes(at, this.format.headBytes);
    const bytes = head.length < this.format.headBytes ? 0 : this.format.frameBytes(head, 0);
    return { bytes, seconds: bytes === 0 ? 0 : this.format.seconds(head) };
  }
}
