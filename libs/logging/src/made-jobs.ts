import { AsyncLocalStorage } from 'node:async_hooks';

/** A job that was made on the way. */
export interface MadeJob {
  readonly id: string;
  readonly voiceId: string;
}

const current = new AsyncLocalStorage<MadeJob[]>();

/**
 * Runs work and collects the jobs it makes, however deep: the log line of a request, or of a step, names what follows
 * from it, so that a job's lines are found from the request that asked for it.
 *
 * Carried beside the calls and not through them: nothing but the log may depend on it. A job whose transaction fails
 * afterwards is named too.
 *
 * @param made is added to
 */
export function collectingJobs<T>(made: MadeJob[], work: () => T): T {
  return current.run(made, work);
}

/** Tells whoever collects that a job was made. */
export function noteMadeJob(job: MadeJob): void {
  current.getStore()?.push(job);
}
