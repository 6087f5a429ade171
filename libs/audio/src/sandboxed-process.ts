import type { ChildProcess } from 'node:child_process';
import { AppError } from '#libs/errors';
import type { ProcessLimits } from './limits.js';

/** How a run ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last of what it said; for logs. */
  readonly stderr: string;
  readonly wallSeconds: number;
  /** Set when we ended it, with why. */
  readonly ended?: { readonly reason: unknown };
}

/** Standard error beyond this is forgotten, oldest first. */
const maxStderrCharacters = 4096;

/**
 * Watches over a running ffmpeg or ffprobe that a launcher started: ends it at its wall clock or when `signal` aborts,
 * always by killing its whole process group.
 */
export class SandboxedProcess {
  /** Settles when the process is gone, however it ended. Rejects when it could not be started. */
  readonly exit: Promise<ProcessExit>;
  readonly #child: ChildProcess;
  #stderr = '';
  #ended: { readonly reason: unknown } | undefined;
  #gone = false;

  /** @param onStderr receives what the tool prints to standard error, in pieces of any size */
  constructor(child: ChildProcess, limits: ProcessLimits, signal?: AbortSignal, onStderr?: (text: string) => void) {
    this.#child = child;
    const startedAt = performance.now();
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-maxStderrCharacters);
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
    this.exit = gone.then((exit) => ({
      ...exit,
      stderr: this.#stderr,
      ...(this.#ended === undefined ? {} : { ended: this.#ended }),
    }));
    // Whoever needs the outcome awaits `exit`; nobody may have to by the time it rejects.
    this.exit.catch(() => undefined);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
  }

  /** We ended it, with this reason; undefined while it runs by itself. */
  get ended(): { readonly reason: unknown } | undefined {
    return this.#ended;
  }

  /** Kills the process group and waits until the process is gone. The first reason is kept; none after it is gone. */
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
    // By its own id too: there may be no group of its own yet, or ever where the system has no setsid.
    for (const target of [-pid, pid]) {
      try {
        process.kill(target, 'SIGKILL');
      } catch {
        // Gone already (ESRCH), or a group of zombies (EPERM on macOS).
      }
    }
  }
}
