import type { JobState } from '#libs/database';

/** Every state a job can be in. */
export const jobStates = ['queued', 'running', 'waiting', 'completed', 'failed'] as const satisfies readonly JobState[];

export type ListedState = (typeof jobStates)[number];
