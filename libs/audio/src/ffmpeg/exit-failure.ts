import { AppError, isAppError } from '#libs/errors';
import type { ProcessLimits } from './limits.js';
import type { ProcessExit } from './sandboxed-process.js';

/** The error sentence for a file that cannot be decoded. */
export const undecodable = 'The file is not audio that can be decoded';

/** The shell's exit codes for a tool that cannot be executed (POSIX, Shell Command Language 2.8.2). */
const notStarted = [126, 127];

/** ffmpeg's exit code if more than two thirds of the frames could not be decoded (`-max_error_rate`). */
const errorRateExceeded = 69;

/** ffmpeg's exit code after it has caught a signal to end (SIGTERM, SIGINT, SIGXCPU). */
const endedBySignal = 255;

/** Signals that the kernel sends at our limits on CPU time and file size. SIGKILL comes from outside (launcher.ts). */
const limitSignals: readonly (NodeJS.Signals | null)[] = ['SIGXCPU', 'SIGXFSZ'];

/** Signals by which others end a process. A crash (SIGSEGV, SIGABRT) is caused by the recording instead. */
const outsideSignals: readonly (NodeJS.Signals | null)[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'];

/** Messages of ffmpeg and the C library at the memory limit. */
const outOfMemory =
  /cannot allocate memory|out of memory|pthread_create\(\) failed|failed to map segment|resource temporarily unavailable/i;

/** ffmpeg 7 keeps about this many threads busy, so CPU time may pass this many times faster than wall-clock time. */
const busyThreads = 4;

/** Seconds after which an API client should retry an upload whose conversion was killed. */
const retryAfterSeconds = 5;

/** True if a run ended because it reached its memory limit. */
export function isOutOfMemory(error: unknown): boolean {
  return isAppError(error, 'conversion_over_limits') && outOfMemory.test(String(error.cause));
}

/**
 * Returns the error to throw for a failed run of ffmpeg or ffprobe; undefined if the run succeeded.
 *
 * A signal that does not come from our limits is a temporary failure of this machine (the OOM killer, an operator) and
 * not of the recording. It becomes `unavailable`, which jobs retry.
 *
 * The tool's output becomes the cause, which is only logged, because it quotes the file.
 */
export function failureOf(exit: ProcessExit, limits: ProcessLimits): { readonly error: unknown } | undefined {
  if (exit.ended !== undefined) return { error: exit.ended.reason };
  if (exit.code === 0) return undefined;
  const how = exit.signal === null ? `exited with ${exit.code ?? ''}` : `was killed by ${exit.signal}`;
  const cause = new Error(`ffmpeg ${how}: ${exit.stderr.trim()}`);
  // ffmpeg catches SIGXCPU and SIGTERM alike and exits with the same code. Only the elapsed time distinguishes them.
  const isOutOfCpu = exit.code === endedBySignal && exit.wallSeconds * busyThreads >= limits.cpuSeconds;
  if (limitSignals.includes(exit.signal) || isOutOfCpu || outOfMemory.test(exit.stderr)) {
    return { error: AppError.of('conversion_over_limits', { cause }) };
  }
  if (outsideSignals.includes(exit.signal) || exit.code === endedBySignal) {
    return { error: AppError.of('unavailable', { cause, retryAfterSeconds, causeCode: 'conversion_killed' }) };
  }
  if (exit.code !== null && notStarted.includes(exit.code)) return { error: cause };
  if (exit.code === errorRateExceeded) return { error: AppError.saying('unusable_audio', undecodable, { cause }) };
  return { error: AppError.of('conversion_failed', { cause }) };
}
