import { PassThrough } from 'node:stream';
import ffmpeg from 'fluent-ffmpeg';
import { AppError } from '#libs/errors';
import type { AudioTools } from './audio-tools.js';
import { failureOf } from './exit-failure.js';
import type { FfmpegCommand } from './ffmpeg-command.js';
import { launcherArguments } from './launcher.js';
import type { ProcessLimits } from './limits.js';
import { RunLog } from './run-log.js';
import { SandboxedProcess } from './sandboxed-process.js';
import { secondOutputOf, secondOutputUrl, spawnTool } from './spawn-tool.js';

export interface RunOptions {
  readonly tools: AudioTools;
  readonly limits: ProcessLimits;
  /** Its working directory. Nothing is written there. */
  readonly workFolder: string;
  readonly signal?: AbortSignal | undefined;
  /**
   * Receives the second output of the command as it arrives, without back-pressure, so that ffmpeg never waits for it. All
   * of it has come before `output` ends. Must not throw.
   */
  readonly onPcm?: ((chunk: Buffer) => void) | undefined;
}

/** A running ffmpeg. */
export interface FfmpegRun {
  /**
   * Its output, with back-pressure. Can be read once. Ends normally only if ffmpeg succeeded; otherwise throws the error
   * of `failureOf`. Leaving it early ends ffmpeg.
   */
  readonly output: AsyncIterable<Buffer>;
  /** Its reports so far; complete once `output` has ended. */
  readonly log: RunLog;
  /** Ends ffmpeg if it still runs, and waits for its exit. A reader of `output` gets `reason` thrown. */
  close(reason: unknown): Promise<void>;
}

/** fluent-ffmpeg's method that returns its command line; its types lack it. */
interface BuiltCommand {
  _getArguments(): string[];
}

/**
 * Starts ffmpeg in the sandbox.
 *
 * fluent-ffmpeg builds the command line, but we spawn it. fluent-ffmpeg's own timeout and kill do not reach the process
 * group or wait for the exit, it may emit `error` for a closed output before a successful exit, and if the system cannot
 * start a program it throws where no caller can catch it.
 *
 * @throws the signal's reason if it has aborted; the system's error if ffmpeg cannot be started
 */
export async function startFfmpeg(command: FfmpegCommand, options: RunOptions): Promise<FfmpegRun> {
  const { tools, limits, workFolder, signal, onPcm } = options;
  const hasSecondOutput = command.pcmOptions !== undefined;
  const child = await spawnTool(tools.ffmpeg, commandLine(command, limits), { workFolder, signal, hasSecondOutput });
  const output = new PassThrough();
  const log = new RunLog();
  const process = new SandboxedProcess(child, limits, signal, (text) => log.push(text));
  child.stdout.pipe(output, { end: false });
  // A killed ffmpeg may reset the socket. How it ended is told by its exit.
  secondOutputOf(child)
    ?.on('data', (chunk: Buffer) => onPcm?.(chunk))
    .on('error', () => undefined);
  child.once('close', () => output.end());

  const close = async (reason: unknown): Promise<void> => {
    await process.end(reason);
    output.destroy();
  };
  return { output: read(process, output, limits, close), log, close };
}

function commandLine(command: FfmpegCommand, limits: ProcessLimits): string[] {
  const fluent = ffmpeg();
  for (const [at, { url, options: inputOptions }] of command.inputs.entries()) {
    fluent.input(url).inputOptions([...(at === 0 ? launcherArguments(limits) : []), ...inputOptions]);
  }
  fluent
    .output('pipe:1')
    .outputOptions([...command.outputOptions])
    .format(command.format);
  if (command.pcmOptions !== undefined) {
    fluent
      .output(secondOutputUrl)
      .outputOptions([...command.pcmOptions])
      .format('s16le');
  }
  return (fluent as unknown as BuiltCommand)._getArguments();
}

async function* read(
  process: SandboxedProcess,
  output: PassThrough,
  limits: ProcessLimits,
  close: (reason: unknown) => Promise<void>,
): AsyncGenerator<Buffer> {
  const chunks = output.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  /** Returns the next chunk; undefined at the end. The timer runs only while we wait, not while the reader is slow. */
  const next = async (): Promise<Buffer | undefined> => {
    const stopTimer = onTimeout(limits.stallSeconds * 1000, () => void process.end(AppError.of('conversion_stalled')));
    try {
      const chunk = await chunks.next();
      return chunk.done === true ? undefined : chunk.value;
    } catch (error) {
      if (process.ended === undefined) throw error;
      return undefined;
    } finally {
      stopTimer();
    }
  };
  try {
    for (let chunk = await next(); chunk !== undefined && process.ended === undefined; chunk = await next()) {
      yield chunk;
    }
    const failure = failureOf(await process.exit, limits);
    if (failure !== undefined) throw failure.error;
  } finally {
    await close(new Error('The reader stopped early'));
  }
}

/** If a timer fires this late, this process itself was stopped, or its event loop blocked. */
const pausedMs = 2_000;

/**
 * Calls back after a time. If this process itself was paused meanwhile, it could not have read any output, so the time
 * starts again.
 *
 * @returns cancels the call
 */
function onTimeout(ms: number, callBack: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const dueAt = performance.now() + ms;
    timer = setTimeout(() => (performance.now() - dueAt > pausedMs ? wait() : callBack()), ms);
  };
  wait();
  return () => clearTimeout(timer);
}
