import { Readable } from 'node:stream';
import { isAppError } from '#libs/errors';
import { RunMeter } from '../analysis/run-meter.js';
import type { AudioTools } from '../ffmpeg/audio-tools.js';
import { encodeSectionCommand } from '../ffmpeg/ffmpeg-command.js';
import type { ProcessLimits } from '../ffmpeg/limits.js';
import { OggOpusReader } from '../ogg/ogg-opus-reader.js';
import { valid } from '../ogg/opus-stream.js';
import { startFfmpeg } from '../ffmpeg/run-ffmpeg.js';
import type { RecordingFacts } from '../probing/recording-facts.js';
import type { RunLog, TimeJump } from '../ffmpeg/run-log.js';
import { SectionsDisagree } from './section-joiner.js';
import type { Section } from './section-plan.js';

export interface SectionInput {
  readonly tools: AudioTools;
  readonly inputPath: string;
  readonly facts: RecordingFacts;
  readonly workFolder: string;
  readonly limits: ProcessLimits;
  /** Aborts the encoding. */
  readonly signal: AbortSignal;
}

/** Buffer for twice the planned 96 kbit/s. In bytes, because the number of chunks depends on the load. */
const bufferBytesPerSecond = 2 * 12_000;

/** Encodes one section, ahead of its reader. */
export class SectionEncoding {
  /**
   * The output of ffmpeg. It is buffered as bytes, in few and large chunks, until it is read. Only a section that is far
   * longer than planned, because its container states a wrong length, waits for its reader. Fails as
   * `FfmpegRun.output` does.
   */
  readonly output: Readable;
  /** Resolves when ffmpeg has exited, however it ended. */
  readonly gone: Promise<void>;
  /** Measures its audio, with the lead, as ffmpeg decodes it. */
  readonly meter = new RunMeter();
  readonly #reader = new OggOpusReader();
  #hasAudio = false;
  readonly #recordingStart: number;
  #log: RunLog | undefined;

  constructor(
    readonly section: Section,
    input: SectionInput,
  ) {
    this.#recordingStart = input.facts.startSeconds;
    const { startSeconds, leadSeconds, endSeconds } = section;
    const seconds = (endSeconds ?? 2 * startSeconds) - startSeconds + leadSeconds;
    let resolveGone = (): void => undefined;
    this.gone = new Promise((resolve) => (resolveGone = resolve));
    this.output = Readable.from(this.#encode(input, resolveGone), {
      objectMode: false,
      highWaterMark: Math.ceil(bufferBytesPerSecond * seconds),
    });
    // A reader gets the error thrown. Without a reader it must not end the process.
    this.output.on('error', () => undefined);
    // Readable.from starts with the first read, even of 0 bytes.
    this.output.read(0);
  }

  /** Yields the packets, including the lead. Call it once. @throws AppError `conversion_failed`; as `output` */
  async *packets(): AsyncGenerator<readonly Uint8Array[], void> {
    for await (const chunk of this.output as AsyncIterable<Buffer>) {
      const packets = valid(() => this.#reader.push(chunk));
      if (packets.length === 0) continue;
      this.#hasAudio = true;
      yield packets;
    }
  }

  /** The stream's pre-skip; 0 before its first packets, and if the recording ends before this section. */
  get preSkip(): number {
    return this.#hasAudio ? this.#reader.preSkip : 0;
  }

  /** After the last packet: exact length of the audio including the lead, in 48 kHz samples; 0 if there is no audio. */
  get totalSamples(): number {
    // For a section without audio, ffmpeg writes headers only and succeeds.
    return this.#hasAudio ? valid(() => this.#reader.end()) : 0;
  }

  /** Returns the time jumps decoded so far, without those in the lead. Positions count from the recording's start. */
  jumps(): readonly TimeJump[] {
    const { startSeconds = 0, jumps = [] } = this.#log ?? {};
    const from = startSeconds - this.#recordingStart;
    return jumps
      .map((jump) => ({ ...jump, atSeconds: from + jump.atSeconds }))
      .filter(({ atSeconds }) => atSeconds >= this.section.startSeconds);
  }

  async *#encode(input: SectionInput, resolveGone: () => void): AsyncGenerator<Buffer> {
    try {
      const command = encodeSectionCommand(input.inputPath, input.facts, this.section);
      const run = await startFfmpeg(command, { ...input, onPcm: (chunk) => this.meter.push(chunk) });
      this.#log = run.log;
      yield* run.output;
    } catch (error) {
      // A section may be mostly damaged although the whole recording is good enough.
      if (isAppError(error, 'unusable_audio') || isAppError(error, 'conversion_failed')) throw new SectionsDisagree();
      throw error;
    } finally {
      resolveGone();
    }
  }
}
