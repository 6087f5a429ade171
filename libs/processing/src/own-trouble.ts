import { isAppError } from '#libs/errors';

/** No more descriptors for this process or for the machine. */
const outOfDescriptors: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE']);

/** No more processes, or no memory for one: a program could not be started. */
const outOfProcesses: ReadonlySet<unknown> = new Set(['EAGAIN', 'ENOMEM']);

/** Errors are wrapped a few times at most. A longer chain may be a cycle. */
const longestChain = 10;

/** Whether an error, or one of its causes, says that this process is in trouble and nothing about the job. */
export function isOwnTrouble(error: unknown): boolean {
  for (let [cause, left] = [error, longestChain]; left > 0 && cause instanceof Object; left -= 1) {
    if (isAppError(cause) && cause.isLocal) return true;
    const { code, syscall } = cause as { readonly code?: unknown; readonly syscall?: unknown };
    if (outOfDescriptors.has(code)) return true;
    if (outOfProcesses.has(code) && typeof syscall === 'string' && syscall.startsWith('spawn')) return true;
    cause = (cause as { readonly cause?: unknown }).cause;
  }
  return false;
}
