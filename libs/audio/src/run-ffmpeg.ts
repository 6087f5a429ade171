import type { ChildProcess } from 'node:child_process';
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

export interface RunOptions {
  readonly tools: AudioTools;
  readonly limits: ProcessLimits;
  /** Its current folder; nothing is written there. */
  readonly workFolder: string;
  readonly signal?: AbortSignal | undefined;
}

/** A running ffmpeg. */
export interface FfmpegRun {
  /**
   * What it writes, as it comes and with back-pressure; read it once. Ends only when ffmpeg succeeded, else throws as
   * `failureOf` says. Leaving it early ends ffmpeg.
   */
  readonly output: AsyncIterable<Buffer>;
  /** What it has reported so far; whole when `output` has ended. */
  readonly log: RunLog;
  /** Ends ffmpeg, if it still runs, and waits until it is gone. `reason` is what a reader of `output` gets thrown. */
  close(reason: unknown): Promise<void>;
}

/** fluent-ffmpeg keeps the child here from its `start` event on; its types leave it out. */
interface SpawnedCommand {
  readonly ffmpegProc?: ChildProcess;
}

/**
 * Starts ffmpeg in the sandbox, through fluent-ffmpeg.
 *
 * fluent-ffmpeg builds the command line, spawns the launcher and pipes the output. The process itself is watched by
 * `SandboxedProcess`: fluent-ffmpeg's own time-out and kill reach neither the group nor wait for the end, and its
 * `error` for a closed output may come before a good exit. It keeps the launcher's path for the whole process, so a
 * process uses one set of tools.
 *
 * @throws the signal's reason when it has aborted; Error when ffmpeg cannot be started
 */
export async function startFfmpeg(command: FfmpegCommand, options: RunOptions): Promise<FfmpegRun> {
  const { tools, limits, workFolder, signal } = options;
  signal?.throwIfAborted();
  const output = new PassThrough();
  const log = new RunLog();
  const fluent = ffmpeg({ cwd: workFolder, stdoutLines: 20 }).setFfmpegPath(tools.ffmpeg.launcher);
  for (const [at, { url, options: inputOptions }] of command.inputs.entries()) {
    fluent.input(url).inputOptions([...(at === 0 ? launcherArguments(limits) : []), ...inputOptions]);
  }
  fluent.outputOptions([...command.outputOptions]).format(command.format);
  const process = await new Promise<SandboxedProcess>((resolve, reject) => {
    fluent.on('error', reject);
    fluent.on('start', () => {
      const { ffmpegProc } = fluent as SpawnedCommand;
      if (ffmpegProc === undefined) return reject(new Error('fluent-ffmpeg did not say which process it started'));
      // We end the output ourselves: fluent-ffmpeg kills ffmpeg 20 ms after an output was closed, finished or not.
      ffmpegProc.once('close', () => output.end());
      resolve(new SandboxedProcess(ffmpegProc, limits, signal, (text) => log.push(text)));
    });
    fluent.pipe(output, { end: false });
  });

  const close = async (reason: unknown): Promise<void> => {
    await process.end(reason);
    output.destroy();
  };
  return { output: read(process, output, limits, close), log, close };
}

async function* read(
  process: SandboxedProcess,
  output: PassThrough,
  limits: ProcessLimits,
  close: (reason: unknown) => Promise<void>,
): AsyncGenerator<Buffer> {
  const chunks = output.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  /** The next chunk; undefined at the end. The clock runs only while we wait: a slow reader is not ffmpeg's fault. */
  const next = async (): Promise<Buffer | undefined> => {
    const stopClock = whenSilent(limits.stallSeconds * 1000, () => void process.end(AppError.of('conversion_stalled')));
    try {
      const chunk = await chunks.next();
      return chunk.done === true ? undefined : chunk.value;
    } catch (error) {
      if (process.ended === undefined) throw error;
      return undefined;
    } finally {
      stopClock();
    }
  };
  try {
    for (let chunk = await next(); chunk !== undefined && process.ended === undefined; chunk = await next()) {
      yield chunk;
    }
    const failure = failureOf(await process.exit, limits);
    if (failure !== undefined) throw failure.error;
  } finally {
    await close(new Error('Nobody reads the output'));
  }
}

/** A timer that fires this late says that this process itself stood still: it was stopped, or its event loop blocked. */
const stoodStillMs = 2_000;

/**
 * Calls back when the time is over, unless we were the ones that stood still: then nobody could have heard anything,
 * and the time begins anew.
 *
 * @returns ends the wait
 */
function whenSilent(ms: number, callBack: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const dueAt = performance.now() + ms;
    timer = setTimeout(() => (performance.now() - dueAt > stoodStillMs ? wait() : callBack()), ms);
  };
  wait();
  return () => clearTimeout(timer);
}
