/** A position in a recording whose time stamp does not follow the audio before it. */
export interface TimeJump {
  /** Seconds of audio decoded before it. */
  readonly atSeconds: number;
  /** Length of the jump in seconds; negative if the time stamps go back. */
  readonly seconds: number;
  /** True if ffmpeg printed errors since the last jump: audio was lost here. Otherwise the file itself has a gap. */
  readonly followsErrors: boolean;
}

/** A line of `timeReport` (ffmpeg-command.ts): a number, as ffmpeg's `print` writes it. */
const number = /^-?\d+\.\d{6}$/;

/**
 * A jump this soon after one that followed errors belongs to the same damage: a report comes a frame late, after the
 * errors about the next frame.
 */
const sameDamageSeconds = 0.2;

/** In ffmpeg's message about a stream that it may not decode, such as a cover or a video. */
const notDecoded = 'not on whitelist';

/** Longer lines are no reports. */
const maxLineCharacters = 4096;

/**
 * Parses the standard error of one run of ffmpeg: the time reports of our filter, and error messages.
 *
 * A report is two numbers: the seconds decoded since the filter started, and the time stamp there. The first report
 * gives the first time stamp. A later one at 0 means that ffmpeg rebuilt its filters, because channels or sample rate
 * changed: the audio continues, and the count restarts.
 */
export class RunLog {
  readonly jumps: TimeJump[] = [];
  #unread = '';
  #decodedSeconds: number | undefined;
  /** Time stamp minus position; set by the first report. */
  #offset: number | undefined;
  #start: number | undefined;
  /** Seconds decoded before the filters were last rebuilt. */
  #base = 0;
  #hasErrors = false;
  #startsWithErrors = false;
  #printsErrors = false;

  /** Whether ffmpeg has printed any error so far. */
  get printsErrors(): boolean {
    return this.#printsErrors;
  }

  /** Time stamp of the first decoded sample; undefined until there is one. */
  get startSeconds(): number | undefined {
    return this.#start;
  }

  /** The jump from 0 to the first sample, if the audio between could not be decoded. */
  get lostStart(): readonly TimeJump[] {
    const seconds = this.#start ?? 0;
    return this.#startsWithErrors && seconds > 0 ? [{ atSeconds: 0, seconds, followsErrors: true }] : [];
  }

  /** Parses the next text, in pieces of any size. */
  push(text: string): void {
    const lines = (this.#unread + text).split('\n');
    this.#unread = (lines.pop() ?? '').slice(-maxLineCharacters);
    for (const line of lines) this.#takeLine(line.trim());
  }

  #takeLine(line: string): void {
    if (!number.test(line)) {
      const isError = line !== '' && !line.includes(notDecoded);
      this.#hasErrors ||= isError;
      this.#printsErrors ||= isError;
    } else if (this.#decodedSeconds === undefined) {
      this.#decodedSeconds = Number(line);
    } else {
      this.#takeReport(this.#decodedSeconds, Number(line));
      this.#decodedSeconds = undefined;
    }
  }

  #takeReport(decodedSeconds: number, timeSeconds: number): void {
    if (this.#offset === undefined) {
      this.#offset = timeSeconds;
      this.#start = timeSeconds;
      this.#startsWithErrors = this.#hasErrors;
    } else if (decodedSeconds === 0) {
      this.#base = timeSeconds - this.#offset;
    } else {
      const atSeconds = this.#base + decodedSeconds;
      const seconds = timeSeconds - atSeconds - this.#offset;
      const before = this.jumps.at(-1);
      const isSameDamage = before?.followsErrors === true && atSeconds - before.atSeconds < sameDamageSeconds;
      this.jumps.push({ atSeconds, seconds, followsErrors: this.#hasErrors || isSameDamage });
      this.#offset += seconds;
      this.#hasErrors = false;
    }
  }
}
