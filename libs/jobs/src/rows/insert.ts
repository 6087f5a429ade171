import {
  JobEntity,
  type EmbedParams,
  type ImportParams,
  type JobProgress,
  type SpeakParams,
  type SplitParams,
  type Transaction,
} from '#libs/database';
import { noteMadeJob } from '#libs/logging';
import { currentTraceparent, inSpan } from '#libs/tracing';
import { jobStages } from '../job.js';
import { firstState } from '../job-states.js';

/** What a caller chooses of a new job. */
export type NewJob = {
  readonly voiceId: string;
  readonly partnerId: string;
  /** Default false: somebody has asked for it. */
  readonly isBackground?: boolean;
} & (
  | { readonly kind: 'split'; readonly params: SplitParams }
  | { readonly kind: 'embed'; readonly params: EmbedParams }
  | { readonly kind: 'speak'; readonly params: SpeakParams }
  | { readonly kind: 'import'; readonly params: ImportParams }
);

const progress: JobProgress = { stage: 'queued', done: 0, of: 1 };

/** Inserts a job at its first stage, in the transaction that sets the status of the voice or the speech. @returns its id */
export function insertJob(tx: Transaction, job: NewJob): Promise<string> {
  return inSpan(`${job.kind} job`, { role: 'producer' }, async (describe) => {
    const [stage] = jobStages[job.kind];
    const row = { ...job, stage, state: firstState, progress, traceparent: currentTraceparent() };
    const inserted = await tx.insert(JobEntity, row);
    const { id } = inserted.identifiers[0] as { id: string };
    describe({ 'timbre.job_id': id, 'timbre.voice_id': job.voiceId });
    noteMadeJob({ id, voiceId: job.voiceId });
    return id;
  });
}
