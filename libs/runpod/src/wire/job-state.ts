/** States of a RunPod job (docs.runpod.io, serverless, "Job states"). */
export const runpodStates = ['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT'] as const;

export type RunpodState = (typeof runpodStates)[number];

export function isRunpodState(value: unknown): value is RunpodState {
  return runpodStates.some((state) => state === value);
}

/** Whether the job will not run any more. */
export function isEndedState(state: RunpodState): boolean {
  return state !== 'IN_QUEUE' && state !== 'IN_PROGRESS';
}

// RunPod's ids are 36 characters and a suffix. Any other must be safe in a URL and fit a column.
const jobId = /^[A-Za-z0-9_-]{1,128}$/;

export function isRunpodJobId(value: unknown): value is string {
  return typeof value === 'string' && jobId.test(value);
}
