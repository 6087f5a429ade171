import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JobKind, JobState } from '#libs/database';
import { Domain, ofKind, required } from '../../../../test/support/domain.js';
import { jobStages, LostClaim, type EmbedJob, type Job, type SplitJob } from '../job.js';
import { activeStates, endedStates, jobMoves, type JobMove, type JobMoveName } from '../job-states.js';
import { claimJob, claimToCollect } from './claim.js';
import { takeForDispatch, undoDispatch } from './dispatch.js';
import { findJob } from './find.js';
import { advanceJob, completeJob, failJob } from './finish.js';
import { takeHint } from './hints.js';
import { recordGpuMissing, recordGpuProgress, resendEarlyPoll, resendOverduePolls, takePoll } from './polls.js';
import { renewLease } from './renew.js';
import { requeueJob } from './requeue.js';
import { reviveExpired } from './revive.js';
import { postponeSubmission, startSubmission, submitAgain, undoSubmission } from './submission.js';
import { waitOnGpu } from './wait-on-gpu.js';

const states: readonly JobState[] = [...activeStates, ...endedStates];
const moveNames = Object.keys(jobMoves) as readonly JobMoveName[];
const cases = moveNames.flatMap((name) => states.map((state) => ({ name, state })));

const progress = { stage: 'testing', done: 1, of: 2 } as const;
const delay = { afterMs: 1_000, why: 'RunPod is away' };

describe('every move from every state', () => {
  let domain: Domain;
  beforeAll(async () => {
    domain = await Domain.open();
  });
  afterAll(() => domain.close());

  /** Makes each move for a job. The compiler demands an entry for every move of the table. */
  const embedMoves: Readonly<Record<Exclude<JobMoveName, 'advance'>, (job: EmbedJob) => Promise<unknown>>> = {
    dispatch: () => takeForDispatch(domain.database, { limit: 1_000, maxActivePerPartner: 20, partnerId: null }),
    undoDispatch: (job) => undoDispatch(domain.database, { ...job, rank: 1 }),
    claim: (job) => claimJob(domain.database, job.id),
    renew: (job) => renewLease(domain.database, job, progress),
    requeue: (job) => requeueJob(domain.database, job, { afterMs: 1_000, failed: true }),
    revive: () => reviveExpired(domain.database),
    startSubmission: (job) =>
      startSubmission(domain.database, job, { endpoint: 'e2', hookToken: 'x', deadlineSeconds: 60 }),
    undoSubmission: (job) => undoSubmission(domain.database, job, delay),
    postponeSubmission: (job) => postponeSubmission(domain.database, job, delay, 60),
    waitOnGpu: (job) => waitOnGpu(domain.database, job, 'gpu-2', 1_000),
    takePoll: (job) => takePoll(domain.database, job.id, [1_000]),
    resendEarlyPoll: (job) => resendEarlyPoll(domain.database, job.id, job.nudges),
    resendOverduePoll: () => resendOverduePolls(domain.database, { olderThanMs: 1_000, latePerJobMs: 0, limit: 1_000 }),
    recordGpuProgress: (job) => recordGpuProgress(domain.database, job.id, required(job.runpodJobId), progress),
    recordGpuMissing: (job) => recordGpuMissing(domain.database, job.id, required(job.runpodJobId)),
    takeHint: (job) => takeHint(domain.database, required(job.hookToken), 2, required(job.runpodJobId)),
    collect: (job) => claimToCollect(domain.database, job.id),
    submitAgain: (job) => submitAgain(domain.database, job),
    complete: (job) => domain.database.transaction((tx) => completeJob(tx, job)),
    fail: (job) => domain.database.transaction((tx) => failJob(tx, job, { code: 'gpu_failed', sentence: 'It failed' })),
  };
  const splitMoves: Readonly<Record<'advance', (job: SplitJob) => Promise<unknown>>> = {
    advance: (job) => domain.database.transaction((tx) => advanceJob(tx, job, 'original')),
  };
  const make = (name: JobMoveName, job: Job): Promise<unknown> =>
    name === 'advance' ? splitMoves.advance(ofKind('split', job)) : embedMoves[name](ofKind('embed', job));

  /** A job in a state, hours after anything happened to it, so that all conditions of time hold. */
  const jobIn = async (state: JobState, name: JobMoveName): Promise<Job> => {
    const kind: JobKind = name === 'advance' ? 'split' : 'embed';
    const voiceId = await domain.emptyVoice();
    const [row] = await domain.database.query<{ id: string }>(
      `INSERT INTO jobs (voice_id, partner_id, kind, stage, params, state, generation, nudges, deaths, attempts, hook_token,
         submitted_generation, submissions, runpod_endpoint, runpod_job_id, run_after, updated_at, leased_until, nudged_at)
       SELECT id, partner_id, $2, $3, '{"ttsType": "kyutai"}', $4, 3, 5, 1, 1, $5, 2, 1, 'e1', 'gpu-1',
         now() + $6 * interval '1 hour', now() - interval '1 hour',
         CASE WHEN $4 = 'running' THEN now() - interval '1 hour' END, CASE WHEN $7 THEN now() END
       FROM voices WHERE id = $1 RETURNING id`,
      [
        voiceId,
        kind,
        jobStages[kind][0],
        state,
        randomBytes(24).toString('base64url'),
        name === 'resendEarlyPoll' ? 1 : -1,
        name === 'undoDispatch',
      ],
    );
    return required(await findJob(domain.database, required(row).id));
  };

  it.each(cases)('$name, $state', async ({ name, state }) => {
    const { from, to, sets, given }: JobMove = jobMoves[name];
    const job = await jobIn(state, name);
    const before = await domain.row('jobs', job.id);
    await make(name, job).catch((error: unknown) => {
      if (!(error instanceof LostClaim)) throw error;
    });
    const after = await domain.row('jobs', job.id);
    const changed = Object.keys(after).filter((column) => String(after[column]) !== String(before[column]));
    if (state in from) {
      expect(after['state']).toBe(to);
      expect(changed.length).toBeGreaterThan(0);
      expect(changed.filter((column) => column !== 'state' && !(column in sets) && !given.includes(column))).toEqual(
        [],
      );
    } else {
      expect(changed).toEqual([]);
    }
  });

  it('has the states and stages of the CHECK constraints', async () => {
    const wordsOf = async (constraint: string): Promise<string[]> => {
      const [row] = await domain.database.query<{ definition: string }>(
        `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
         WHERE conname = $1 AND conrelid = 'jobs'::regclass`,
        [constraint],
      );
      return [...required(row).definition.matchAll(/'(\w+)'/g)].map(([, word = '']) => word).sort();
    };
    expect(await wordsOf('jobs_state_check')).toEqual([...states].sort());
    expect(await wordsOf('jobs_kind_check')).toEqual(Object.keys(jobStages).sort());
    expect(await wordsOf('jobs_stage_check')).toEqual([...new Set(Object.values(jobStages).flat())].sort());
  });
});
