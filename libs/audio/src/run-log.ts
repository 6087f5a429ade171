/** A place where the time stamps of a recording do not go on where the audio before it ended. */
export interface TimeJump {
  /** Seconds of audio decoded before it. */
  readonly atSeconds: number;
  /** How far the time stamps jump, in seconds; negative when they go back. */
  readonly seconds: number;
  /** Whether ffmpeg complained since the last jump: audio was lost here. Else the file itself has a gap. */
  readonly followsErrors: boolean;
}

/** A line of `timeReport` (ffmpeg-command.ts): a number, as ffmpeg's `print` writes it. */
const number = /^-?\d+\.\d{6}$/;

/** Lines longer than this are not ours. */
const maxLineCharacters = 1024;

/**
 * Reads what one run of ffmpeg prints to standard error: the time reports of our own filter, and complaints.
 *
 * A report is two numbers: seconds decoded since the filter began, and the time stamp there. The first report of all
 * tells where the time stamps begin. A later one at 0 means that ffmpeg built its filters anew, because the channels or
 * the sample rate changed: the audio goes on, and the count begins again.
 */
export class RunLog {
  readonly jumps: TimeJump[] = [];
  #unread = '';
  #decodedSeconds: number | undefined;
  /** Time stamp minus position; set by the first report. */
  #offset: number | undefined;
  #start: number | undefined;
  /** Seconds decoded before the filters were last built. */
  #base = 0;
  #hasErrors = false;

  /** Time stamp of the first decoded sample; undefined before there was one. */
  get startSeconds(): number | undefined {
    return this.#start;
  }

  /** Takes the next text, in pieces of any size. */
  push(text: string): void {
    const lines = (this.#unread + text).split('\n');
    this.#unread = (lines.pop() ?? '').slice(-maxLineCharacters);
    for (const line of lines) this.#takeLine(line.trim());
  }

  #takeLine(line: string): void {
    if (!number.test(line)) {
      this.#hasErrors ||= line !== '';
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
    } else if (decodedSeconds === 0) {
      this.#base = timeSeconds - this.#offset;
    } else {
      const atSeconds = this.#base + decodedSeconds;
      const seconds = timeSeconds - atSeconds - this.#offset;
      this.jumps.push({ atSeconds, seconds, followsErrors: this.#hasErrors });
      this.#offset += seconds;
      this.#hasErrors = false;
    }
  }
}
