import { AppError } from '#libs/errors';
import type { ProcessLimits } from './limits.js';
import type { ProcessExit } from './sandboxed-process.js';

/** What a file gets that cannot be decoded. */
export const undecodable = 'The file is not audio that can be decoded';

/** The shell's own exit codes for a tool that cannot be executed (POSIX, Shell Command Language 2.8.2). */
const notStarted = [126, 127];

/** ffmpeg's exit code when more than two thirds of the frames could not be decoded (`-max_error_rate`). */
const errorRateExceeded = 69;

/** ffmpeg's exit code after it caught a signal that asks it to end (SIGTERM, SIGINT, SIGXCPU). */
const endedBySignal = 255;

/** The kernel's signals at our limits on CPU time and file size. SIGKILL is not one of them: it comes from outside (launcher.ts). */
const limitSignals: readonly (NodeJS.Signals | null)[] = ['SIGXCPU', 'SIGXFSZ'];

/** How others end a process. A crash (SIGSEGV, SIGABRT) is the recording's doing. */
const outsideSignals: readonly (NodeJS.Signals | null)[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'];

/** How ffmpeg and the C library say that the limit on address space was met. */
const outOfMemory = /cannot allocate memory|out of memory|pthread_create\(\) failed|failed to map segment/i;

/** ffmpeg 7 works with about this many threads at once, so CPU time may pass this much faster than time does. */
const busyThreads = 4;

/** Seconds after which an API client should send an upload again whose conversion was killed. */
const retryAfterSeconds = 5;

/**
 * Returns why a run of ffmpeg or ffprobe failed, as what is thrown; undefined when it did not.
 *
 * A signal that is not one of our limits is a passing failure of this machine (the OOM killer, an operator), not of the
 * recording: it becomes `unavailable`, which jobs retry.
 *
 * What the tool said is kept as the cause, for logs only: it quotes the file.
 */
export function failureOf(exit: ProcessExit, limits: ProcessLimits): { readonly error: unknown } | undefined {
  if (exit.ended !== undefined) return { error: exit.ended.reason };
  if (exit.code === 0) return undefined;
  const how = exit.signal === null ? `exited with ${exit.code ?? ''}` : `was killed by ${exit.signal}`;
  const cause = new Error(`ffmpeg ${how}: ${exit.stderr.trim()}`);
  // ffmpeg catches SIGXCPU as it does SIGTERM and exits the same way: only the time that passed tells them apart.
  const isOutOfCpu = exit.code === endedBySignal && exit.wallSeconds * busyThreads >= limits.cpuSeconds;
  if (limitSignals.includes(exit.signal) || isOutOfCpu || outOfMemory.test(exit.stderr)) {
    return { error: AppError.of('conversion_over_limits', { cause }) };
  }
  if (outsideSignals.includes(exit.signal) || exit.code === endedBySignal) {
    return { error: AppError.of('unavailable', { cause, retryAfterSeconds }) };
  }
  if (exit.code !== null && notStarted.includes(exit.code)) return { error: cause };
  if (exit.code === errorRateExceeded) return { error: AppError.saying('unusable_audio', undecodable, { cause }) };
  return { error: AppError.of('conversion_failed', { cause }) };
}
