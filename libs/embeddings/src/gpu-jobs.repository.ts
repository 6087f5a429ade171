import type { Database, JobProgress } from '#libs/database';
import { claimedColumns, type ClaimedJob } from '#libs/jobs';

/** What is written before POST /run is sent, so that a death in between is known as "outcome unknown". */
export interface Submission {
  readonly endpoint: string;
  readonly hookToken: string;
  readonly deadlineSeconds: number;
}

/** What a webhook is compared with. */
export interface HookedJob {
  readonly endpoint: string | null;
  /** null while it is not known. */
  readonly runpodJobId: string | null;
  readonly submittedGeneration: number | null;
  readonly ended: boolean;
}

/** A job whose poll is the caller's, and when its next one is due. */
export type TakenPoll = ClaimedJob & { readonly nextPollMs: number };

/** The GPU side of embed jobs: what was submitted, and whose turn the next poll is. */
export class GpuJobsRepository {
  constructor(private readonly database: Database) {}

  /** Notes that POST /run is about to be sent. false: the claim is lost, do not send. */
  async noteSubmitting(job: ClaimedJob, submission: Submission): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE jobs SET submitted_generation = generation, submitted_at = now(), submissions = submissions + 1,
         runpod_endpoint = $3, runpod_job_id = NULL, gpu_seen = false, gpu_missing_since = NULL,
         hook_token = coalesce(hook_token, $4),
         deadline = coalesce(deadline, now() + $5 * interval '1 second'), updated_at = now()
       WHERE id = $1 AND generation = $2 AND state = 'running' RETURNING id`,
      [job.id, job.generation, submission.endpoint, submission.hookToken, submission.deadlineSeconds],
    );
    return rows.length > 0;
  }

  /** POST /run certainly did not arrive: as if it had not been tried. The job waits and is submitted later. */
  async noteNotSent(job: ClaimedJob, afterMs: number): Promise<void> {
    await this.database.query(
      `UPDATE jobs SET submitted_generation = NULL, submitted_at = NULL, submissions = submissions - 1,
         state = 'queued', leased_until = NULL, nudged_at = NULL,
         run_after = now() + $3 * interval '1 millisecond', updated_at = now()
       WHERE id = $1 AND generation = $2 AND state = 'running'`,
      [job.id, job.generation, afterMs],
    );
  }

  /** Nothing was tried: the job is submitted later. */
  async postpone(job: ClaimedJob, afterMs: number): Promise<void> {
    await this.database.query(
      `UPDATE jobs SET state = 'queued', leased_until = NULL, nudged_at = NULL,
         run_after = now() + $3 * interval '1 millisecond', updated_at = now()
       WHERE id = $1 AND generation = $2 AND state = 'running'`,
      [job.id, job.generation, afterMs],
    );
  }

  /**
   * Lets a job wait on the GPU: no worker holds it, polls watch it.
   *
   * @param runpodJobId null when the answer of POST /run was lost
   * @returns the number of the delivery that polls first; null when the claim is lost
   */
  async noteWaiting(job: ClaimedJob, runpodJobId: string | null, firstPollMs: number): Promise<number | null> {
    const [row] = await this.database.query<{ nudges: number }>(
      `UPDATE jobs SET state = 'waiting', stage = 'collect', leased_until = NULL, deaths = 0,
         runpod_job_id = coalesce($3, runpod_job_id), nudges = nudges + 1,
         run_after = now() + $4 * interval '1 millisecond', updated_at = now()
       WHERE id = $1 AND generation = $2 AND state = 'running' RETURNING nudges`,
      [job.id, job.generation, runpodJobId, firstPollMs],
    );
    return row?.nudges ?? null;
  }

  /**
   * Takes the poll that is due: moves the time of the next one forward, so that of many deliveries one polls.
   *
   * @param delaysMs until the next poll, after each one from the first on; the last holds for all that follow
   * @returns null when none is due: another took it, or the job does not wait any more
   */
  async takePoll(jobId: string, delaysMs: readonly number[]): Promise<TakenPoll | null> {
    const [taken] = await this.database.query<TakenPoll>(
      `UPDATE jobs SET polls = polls + 1, nudges = nudges + 1,
         run_after = now() + ($2::int[])[least(polls + 1, array_length($2::int[], 1))] * interval '1 millisecond',
         updated_at = now()
       WHERE id = $1 AND state = 'waiting' AND run_after <= now()
       RETURNING ${claimedColumns}, round(1000 * extract(epoch FROM run_after - now()))::int AS "nextPollMs"`,
      [jobId, delaysMs],
    );
    return taken ?? null;
  }

  /**
   * Takes a delivery that came before the poll it is for was due, so that it can be sent once more. Only the newest of
   * a job: another one is on its way in place of the others.
   *
   * @param number of the delivery
   * @returns what to send in its place; null when that is not needed
   */
  async takeEarly(
    jobId: string,
    number: number,
  ): Promise<{ readonly generation: number; readonly number: number; readonly delayMs: number } | null> {
    const [row] = await this.database.query<{ generation: number; number: number; delayMs: number }>(
      `UPDATE jobs SET nudges = nudges + 1, updated_at = now()
       WHERE id = $1 AND nudges = $2 AND state = 'waiting' AND run_after > now()
       RETURNING generation, nudges AS number, ceil(1000 * extract(epoch FROM run_after - now()))::int AS "delayMs"`,
      [jobId, number],
    );
    return row ?? null;
  }

  /** Keeps what a poll has seen. */
  async noteSeen(jobId: string, runpodJobId: string, progress: JobProgress): Promise<void> {
    await this.database.query(
      `UPDATE jobs SET gpu_seen = true, gpu_missing_since = NULL, progress = $3::jsonb, updated_at = now()
       WHERE id = $1 AND runpod_job_id = $2 AND state = 'waiting'`,
      [jobId, runpodJobId, JSON.stringify(progress)],
    );
  }

  /** Notes that /status does not know the GPU job that was asked about; the time counts from the first such answer. */
  async noteMissing(jobId: string, runpodJobId: string): Promise<void> {
    await this.database.query(
      `UPDATE jobs SET gpu_missing_since = coalesce(gpu_missing_since, now()), updated_at = now()
       WHERE id = $1 AND runpod_job_id = $2 AND state = 'waiting'`,
      [jobId, runpodJobId],
    );
  }

  /**
   * The submission is lost for good: the job goes back to be submitted once more, as a new generation. A GPU job whose id
   * is known is cancelled, should RunPod still run it. Nothing changes if a webhook has revealed an id meanwhile.
   */
  async submitAgain(job: ClaimedJob): Promise<void> {
    await this.database.query(
      `WITH lost AS (
         UPDATE jobs SET state = 'queued', stage = 'submit', leased_until = NULL, nudged_at = NULL,
           submitted_generation = NULL, submitted_at = NULL, runpod_job_id = NULL, gpu_seen = false,
           gpu_missing_since = NULL, run_after = now(), updated_at = now()
         WHERE id = $1 AND generation = $2 AND state IN ('waiting', 'running')
           AND runpod_job_id IS NOT DISTINCT FROM $3
         RETURNING runpod_endpoint)
       INSERT INTO gpu_cancellations (runpod_endpoint, runpod_job_id)
       SELECT runpod_endpoint, $3 FROM lost WHERE $3::text IS NOT NULL`,
      [job.id, job.generation, job.runpodJobId],
    );
  }

  /**
   * Takes a webhook as the hint it is: the next poll is due now, and an id that was never heard of becomes known.
   *
   * @returns the delivery to send; null when the token is of no job that waits
   */
  async takeHint(
    hookToken: string,
    submittedGeneration: number,
    runpodJobId: string,
  ): Promise<{ readonly id: string; readonly generation: number; readonly nudges: number } | null> {
    const [row] = await this.database.query<{ id: string; generation: number; nudges: number }>(
      `UPDATE jobs SET runpod_job_id = coalesce(runpod_job_id, $3), run_after = now(), nudges = nudges + 1,
         updated_at = now()
       WHERE hook_token = $1 AND submitted_generation = $2 AND state = 'waiting'
         AND (runpod_job_id IS NULL OR runpod_job_id = $3)
       RETURNING id, generation, nudges`,
      [hookToken, submittedGeneration, runpodJobId],
    );
    return row ?? null;
  }

  /** The submission of the job a webhook's token belongs to, whatever became of it. */
  async ofHook(hookToken: string): Promise<HookedJob | null> {
    const [row] = await this.database.query<HookedJob>(
      `SELECT runpod_endpoint AS endpoint, runpod_job_id AS "runpodJobId",
         submitted_generation AS "submittedGeneration", state IN ('completed', 'failed') AS ended
       FROM jobs WHERE hook_token = $1`,
      [hookToken],
    );
    return row ?? null;
  }
}
