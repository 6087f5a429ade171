import type { ChildProcess } from 'node:child_process';
import { AppError } from '#libs/errors';
import type { ProcessLimits } from './limits.js';

/** How a run ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of its standard error, for logs. */
  readonly stderr: string;
  readonly wallSeconds: number;
  /** Set if we ended it, with the reason. */
  readonly ended?: { readonly reason: unknown };
}

/** Only the last part of standard error is kept. */
const maxStderrCharacters = 4096;

/** For each stream that they may not decode, the tools print the whole list. */
const whitelist = /(?<=not on whitelist )'[^'\n]*'/g;

/**
 * Supervises an ffmpeg or ffprobe that a launcher started. Ends it at its wall-clock limit or when `signal` aborts,
 * always by killing its whole process group.
 */
export class SandboxedProcess {
  /** Resolves when the process is gone, however it ended, and all it said was read. Rejects if it could not be started. */
  readonly exit: Promise<ProcessExit>;
  readonly #child: ChildProcess;
  #stderr = '';
  #ended: { readonly reason: unknown } | undefined;
  #gone = false;

  /** @param onStderr receives the standard error, in pieces of any size */
  constructor(child: ChildProcess, limits: ProcessLimits, signal?: AbortSignal, onStderr?: (text: string) => void) {
    this.#child = child;
    const startedAt = performance.now();
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).replace(whitelist, '…').slice(-maxStderrCharacters);
      onStderr?.(text);
    });
    const tooLong = AppError.of('conversion_over_limits', { cause: new Error(`over ${limits.wallSeconds} s`) });
    const clock = setTimeout(() => void this.end(tooLong), limits.wallSeconds * 1000);
    const abort = (): void => void this.end(signal?.reason);
    const gone = new Promise<ProcessExit>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, killedBy) =>
        resolve({ code, signal: killedBy, stderr: '', wallSeconds: (performance.now() - startedAt) / 1000 }),
      );
    }).finally(() => {
      this.#gone = true;
      clearTimeout(clock);
      signal?.removeEventListener('abort', abort);
    });
    // The last lines may arrive after the exit.
    const said = new Promise<void>((resolve) => {
      if (child.stderr === null) resolve();
      else child.stderr.once('close', resolve);
    });
    this.exit = Promise.all([gone, said]).then(([exit]) => ({
      ...exit,
      stderr: this.#stderr,
      ...(this.#ended === undefined ? {} : { ended: this.#ended }),
    }));
    // Prevents an unhandled rejection: `exit` may reject before anyone awaits it.
    this.exit.catch(() => undefined);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
  }

  /** Set once we have ended it, with the reason. */
  get ended(): { readonly reason: unknown } | undefined {
    return this.#ended;
  }

  /** Kills the process group and waits for the exit. Keeps the first reason; ignores one that comes after the exit. */
  async end(reason: unknown): Promise<void> {
    if (!this.#gone) {
      this.#ended ??= { reason };
      this.#kill();
    }
    await this.exit.catch(() => undefined);
  }

  #kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    // Also by its own id: it may have no group of its own yet, or never without setsid.
    for (const target of [-pid, pid]) {
      try {
        process.kill(target, 'SIGKILL');
      } catch {
        // Already gone (ESRCH), or a group of zombies (EPERM on macOS).
      }
    }
  }
}
