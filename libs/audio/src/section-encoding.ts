import { Readable } from 'node:stream';
import { isAppError } from '#libs/errors';
import type { AudioTools } from './audio-tools.js';
import { encodeSectionCommand } from './ffmpeg-command.js';
import type { ProcessLimits } from './limits.js';
import { OggOpusReader } from './ogg-opus-reader.js';
import { valid } from './opus-stream.js';
import { startFfmpeg } from './run-ffmpeg.js';
import type { RecordingFacts } from './recording-facts.js';
import type { RunLog, TimeJump } from './run-log.js';
import { SectionsDisagree } from './section-joiner.js';
import type { Section } from './section-plan.js';

export interface SectionInput {
  readonly tools: AudioTools;
  readonly inputPath: string;
  readonly facts: RecordingFacts;
  readonly workFolder: string;
  readonly limits: ProcessLimits;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Pages of ffmpeg's Ogg hold about four seconds of audio each; room for twice as many as are planned. */
const chunksPerSecond = 1 / 2;

/** One section being encoded: it goes on whether or not its packets are read yet. */
export class SectionEncoding {
  /**
   * What ffmpeg writes. It is kept until it is read, as bytes, of which there are few and large pieces; only a section
   * that is far longer than planned, because its container lied, waits for its reader. Fails as `FfmpegRun.output` does.
   */
  readonly output: Readable;
  /** Resolves when ffmpeg is gone, however it ended. */
  readonly gone: Promise<void>;
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
    let sayGone = (): void => undefined;
    this.gone = new Promise((resolve) => (sayGone = resolve));
    this.output = Readable.from(this.#encode(input, sayGone), {
      objectMode: true,
      highWaterMark: Math.ceil(chunksPerSecond * seconds),
    });
    // A reader is thrown the error; without one it must not end the process.
    this.output.on('error', () => undefined);
    // Readable.from begins with the first read, also one of nothing.
    this.output.read(0);
  }

  /** The packets, those of the lead included; to be read once. @throws AppError `conversion_failed`; as `output` */
  async *packets(): AsyncGenerator<readonly Uint8Array[], void> {
    for await (const chunk of this.output as AsyncIterable<Buffer>) {
      const packets = valid(() => this.#reader.push(chunk));
      if (packets.length === 0) continue;
      this.#hasAudio = true;
      yield packets;
    }
  }

  /** The stream's pre-skip; 0 before its first packets and when the recording ends before this section. */
  get preSkip(): number {
    return this.#hasAudio ? this.#reader.preSkip : 0;
  }

  /** After the last packet: exact length of the audio with its lead, in 48 kHz samples; 0 when there is none. */
  get totalSamples(): number {
    // For a section without audio ffmpeg writes headers alone, and succeeds.
    return this.#hasAudio ? valid(() => this.#reader.end()) : 0;
  }

  /** Where time stamps jump in what was decoded so far, without the lead; places count from the recording's start. */
  jumps(): readonly TimeJump[] {
    const { startSeconds = 0, jumps = [] } = this.#log ?? {};
    const from = startSeconds - this.#recordingStart;
    return jumps
      .map((jump) => ({ ...jump, atSeconds: from + jump.atSeconds }))
      .filter(({ atSeconds }) => atSeconds >= this.section.startSeconds);
  }

  async *#encode(input: SectionInput, sayGone: () => void): AsyncGenerator<Buffer> {
    try {
      const run = await startFfmpeg(encodeSectionCommand(input.inputPath, input.facts, this.section), input);
      this.#log = run.log;
      yield* run.output;
    } catch (error) {
      // A section may hold little but damage where the recording as a whole is good enough.
      if (isAppError(error, 'unusable_audio') || isAppError(error, 'conversion_failed')) throw new SectionsDisagree();
      throw error;
    } finally {
      sayGone();
    }
  }
}
