import { AsyncLocalStorage } from 'node:async_hooks';

/** A job that was created during a request or a step. */
export interface MadeJob {
  readonly id: string;
  readonly voiceId: string;
}

const current = new AsyncLocalStorage<MadeJob[]>();

/**
 * Runs work and collects the jobs that it creates. The log line of a request or a step names them, so that the lines of a
 * job can be found from its request.
 *
 * Passed through AsyncLocalStorage, not as a parameter, so that only the log can depend on it. A job whose transaction
 * fails later is collected too.
 *
 * @param made receives the jobs
 */
export function collectingJobs<T>(made: MadeJob[], work: () => T): T {
  return current.run(made, work);
}

/** Adds a job to the current collection, if there is one. */
export function noteMadeJob(job: MadeJob): void {
  current.getStore()?.push(job);
}
