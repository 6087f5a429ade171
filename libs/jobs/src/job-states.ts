import type { JobState } from '#libs/database';
import { leaseMs } from './job-timing.js';

/** Who may make a move. */
export type Mover =
  /** The worker that holds the claim; every such move is fenced by the claim's generation. */
  | 'owner'
  /** Any worker that received a delivery of the job. */
  | 'delivery'
  /** A worker whose poll of the GPU job gave the answer. */
  | 'poll'
  /** The dispatcher, in any API or worker. */
  | 'dispatcher'
  /** Scheduled recovery, in any worker. */
  | 'recovery'
  /** An authenticated webhook of the GPU side. */
  | 'webhook'
  /** The owner in its commit, recovery, or an operator's cancel request. Each locks the row first. */
  | 'anyone';

/** One way in which a row of `jobs` changes. A move that stays in its state changes other columns only. */
export interface JobMove {
  readonly by: Mover;
  /** From each state, the SQL condition under which the move is made. */
  readonly from: Readonly<Partial<Record<JobState, string>>>;
  readonly to: JobState;
  /** Columns and the SQL expressions that they are set to. */
  readonly sets: Readonly<Record<string, string>>;
  /** Columns whose values the caller of the move computes. */
  readonly given: readonly string[];
}

const always = 'true';
const due = 'jobs.run_after <= now()';
const leaseExpired = 'jobs.leased_until < now()';
/** The fence. By convention $1 is the job's id and $2 the generation of the caller's claim. */
const owned = 'jobs.generation = $2';
/** By convention $2 is the GPU job that was asked about. */
const sameGpuJob = 'jobs.runpod_job_id = $2';

const lease = `now() + interval '${leaseMs} milliseconds'`;
const touched = { updated_at: 'now()' } as const;
/** The row waits to be dispatched; no worker holds it. */
const released = { leased_until: 'NULL', nudged_at: 'NULL', ...touched } as const;
const ended = { leased_until: 'NULL', progress: 'NULL', finished_at: 'now()', ...touched } as const;
/** As if POST /run had never been sent. */
const unsubmitted = { submitted_generation: 'NULL', submitted_at: 'NULL' } as const;

/** The state of a new job. */
export const firstState: JobState = 'queued';
/** The job still has work to do. A voice has at most one active job of a kind, but any number of speeches. */
export const activeStates = ['queued', 'running', 'waiting'] as const satisfies readonly JobState[];
/** No move leaves these. Their rows are deleted after some days. */
export const endedStates = ['completed', 'failed'] as const satisfies readonly JobState[];
/** Every state of a job. */
export const jobStates = [...activeStates, ...endedStates] as const;

/**
 * Every move of a job's row; there are no others. All SQL that writes `jobs` is built from this table by `rows/move-sql.ts`.
 *
 * queued: waits for a worker. running: a worker holds the lease. waiting: runs on the GPU; polls watch it.
 */
export const jobMoves = {
  dispatch: {
    by: 'dispatcher',
    from: { queued: `jobs.nudged_at IS NULL AND ${due}` },
    to: 'queued',
    sets: { nudged_at: 'now()', nudges: 'jobs.nudges + 1' },
    given: [],
  },
  undoDispatch: {
    by: 'dispatcher',
    from: { queued: `${owned} AND jobs.nudges = $3` },
    to: 'queued',
    sets: { nudged_at: 'NULL' },
    given: [],
  },
  claim: {
    by: 'delivery',
    from: { queued: due, running: `${due} AND ${leaseExpired}` },
    to: 'running',
    sets: { generation: 'jobs.generation + 1', leased_until: lease, ...touched },
    given: ['deaths'],
  },
  renew: {
    by: 'owner',
    from: { running: owned },
    to: 'running',
    sets: { leased_until: lease, ...touched },
    given: ['progress'],
  },
  advance: {
    by: 'owner',
    from: { running: owned },
    to: 'running',
    sets: { deaths: '0', attempts: '0', ...touched },
    given: ['stage'],
  },
  requeue: { by: 'owner', from: { running: owned }, to: 'queued', sets: released, given: ['attempts', 'run_after'] },
  revive: {
    by: 'recovery',
    from: { running: leaseExpired },
    to: 'queued',
    sets: { deaths: 'jobs.deaths + 1', ...released },
    given: [],
  },
  startSubmission: {
    by: 'owner',
    from: { running: owned },
    to: 'running',
    sets: {
      submitted_generation: 'jobs.generation',
      submitted_at: 'now()',
      submissions: 'jobs.submissions + 1',
      runpod_job_id: 'NULL',
      gpu_seen: 'false',
      gpu_missing_since: 'NULL',
      error: 'NULL',
      ...touched,
    },
    given: ['runpod_endpoint', 'hook_token', 'deadline'],
  },
  undoSubmission: {
    by: 'owner',
    from: { running: owned },
    to: 'queued',
    sets: { ...unsubmitted, submissions: 'jobs.submissions - 1', ...released },
    given: ['error', 'run_after'],
  },
  postponeSubmission: {
    by: 'owner',
    from: { running: owned },
    to: 'queued',
    sets: released,
    given: ['error', 'deadline', 'run_after'],
  },
  waitOnGpu: {
    by: 'owner',
    from: { running: owned },
    to: 'waiting',
    sets: { stage: `'collect'`, leased_until: 'NULL', deaths: '0', nudges: 'jobs.nudges + 1', ...touched },
    given: ['runpod_job_id', 'run_after'],
  },
  takePoll: {
    by: 'delivery',
    from: { waiting: due },
    to: 'waiting',
    sets: { polls: 'jobs.polls + 1', nudges: 'jobs.nudges + 1', ...touched },
    given: ['run_after'],
  },
  resendEarlyPoll: {
    by: 'delivery',
    from: { waiting: 'jobs.run_after > now() AND jobs.nudges = $2' },
    to: 'waiting',
    sets: { nudges: 'jobs.nudges + 1', ...touched },
    given: [],
  },
  resendOverduePoll: {
    by: 'recovery',
    from: { waiting: always },
    to: 'waiting',
    sets: { nudges: 'jobs.nudges + 1', ...touched },
    given: [],
  },
  recordGpuProgress: {
    by: 'poll',
    from: { waiting: sameGpuJob },
    to: 'waiting',
    sets: { gpu_seen: 'true', gpu_missing_since: 'NULL', ...touched },
    given: ['progress'],
  },
  recordGpuMissing: {
    by: 'poll',
    from: { waiting: sameGpuJob },
    to: 'waiting',
    sets: { gpu_missing_since: 'coalesce(jobs.gpu_missing_since, now())', ...touched },
    given: [],
  },
  takeHint: {
    by: 'webhook',
    from: { waiting: 'jobs.submitted_generation = $2 AND (jobs.runpod_job_id IS NULL OR jobs.runpod_job_id = $3)' },
    to: 'waiting',
    sets: { run_after: 'now()', nudges: 'jobs.nudges + 1', ...touched },
    given: ['runpod_job_id'],
  },
  collect: {
    by: 'poll',
    from: { waiting: always },
    to: 'running',
    sets: { generation: 'jobs.generation + 1', leased_until: lease, stage: `'collect'`, ...touched },
    given: [],
  },
  submitAgain: {
    by: 'poll',
    from: { waiting: `${owned} AND jobs.runpod_job_id IS NOT DISTINCT FROM $3` },
    to: 'queued',
    sets: {
      stage: `'submit'`,
      ...unsubmitted,
      runpod_job_id: 'NULL',
      gpu_seen: 'false',
      gpu_missing_since: 'NULL',
      run_after: 'now()',
      ...released,
    },
    given: [],
  },
  complete: { by: 'owner', from: { running: owned }, to: 'completed', sets: ended, given: [] },
  fail: {
    by: 'anyone',
    from: { queued: owned, running: owned, waiting: owned },
    to: 'failed',
    sets: ended,
    given: ['error_code', 'error'],
  },
} as const satisfies Readonly<Record<string, JobMove>>;

/** The name of a move. */
export type JobMoveName = keyof typeof jobMoves;
