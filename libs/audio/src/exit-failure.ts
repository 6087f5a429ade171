import { AppError } from '#libs/errors';
import type { ProcessExit } from './sandboxed-process.js';

/** What a file gets that cannot be decoded. */
export const undecodable = 'The file is not audio that can be decoded';

/** The shell's own exit codes for a tool that cannot be executed (POSIX, Shell Command Language 2.8.2). */
const notStarted = [126, 127];

/** ffmpeg's exit code when more than two thirds of the frames could not be decoded (`-max_error_rate`). */
const errorRateExceeded = 69;

/** The kernel's signals at the limits of CPU time and file size, and when the machine is out of memory. */
const limitSignals: readonly (NodeJS.Signals | null)[] = ['SIGKILL', 'SIGXCPU', 'SIGXFSZ'];

/** How ffmpeg and the C library say that the limit on address space was met. */
const outOfMemory = /cannot allocate memory|out of memory|pthread_create\(\) failed|failed to map segment/i;

/**
 * Why a run of ffmpeg failed, as what is thrown; undefined when it did not.
 *
 * What ffmpeg said is kept as the cause, for logs only: it quotes the file.
 */
export function failureOf(exit: ProcessExit): { readonly error: unknown } | undefined {
  if (exit.ended !== undefined) return { error: exit.ended.reason };
  if (exit.code === 0) return undefined;
  const how = exit.signal === null ? `exited with ${exit.code ?? ''}` : `was killed by ${exit.signal}`;
  const cause = new Error(`ffmpeg ${how}: ${exit.stderr.trim()}`);
  if (limitSignals.includes(exit.signal) || outOfMemory.test(exit.stderr)) {
    return { error: AppError.of('conversion_over_limits', { cause }) };
  }
  if (exit.code !== null && notStarted.includes(exit.code)) return { error: cause };
  if (exit.code === errorRateExceeded) return { error: AppError.saying('unusable_audio', undecodable, { cause }) };
  return { error: AppError.of('conversion_failed', { cause }) };
}
