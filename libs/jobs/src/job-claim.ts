import type { JobEntity } from '#libs/database';

/**
 * A job as its owner holds it: the row at the moment of the claim. `generation` is the fence. Times are told as Postgres
 * sees them: a machine's own clock may be minutes off.
 */
export type ClaimedJob = Readonly<
  Pick<
    JobEntity,
    | 'id'
    | 'voiceId'
    | 'partnerId'
    | 'kind'
    | 'state'
    | 'stage'
    | 'params'
    | 'generation'
    | 'attempts'
    | 'deaths'
    | 'polls'
    | 'nudges'
    | 'submittedGeneration'
    | 'submissions'
    | 'runpodEndpoint'
    | 'runpodJobId'
    | 'gpuSeen'
    | 'hookToken'
    | 'traceparent'
    | 'createdAt'
  > & {
    readonly deadlinePassed: boolean;
    /** null: POST /run was not sent. */
    readonly submittedSecondsAgo: number | null;
    /** null: /status has not said 404 of its GPU job. */
    readonly missingSecondsAgo: number | null;
    /** As people know them, for log lines; null when the voice is gone. */
    readonly partnerName: string | null;
    readonly voiceName: string | null;
  }
>;

/** The columns of a `ClaimedJob`, for SELECT and RETURNING. */
export const claimedColumns = `
  jobs.id, jobs.voice_id AS "voiceId", jobs.partner_id AS "partnerId", jobs.kind, jobs.state, jobs.stage, jobs.params,
  jobs.generation, jobs.attempts, jobs.deaths, jobs.polls, jobs.nudges,
  coalesce(jobs.deadline < now(), false) AS "deadlinePassed",
  jobs.submitted_generation AS "submittedGeneration", jobs.submissions,
  extract(epoch FROM now() - jobs.submitted_at)::float8 AS "submittedSecondsAgo",
  extract(epoch FROM now() - jobs.gpu_missing_since)::float8 AS "missingSecondsAgo",
  jobs.runpod_endpoint AS "runpodEndpoint", jobs.runpod_job_id AS "runpodJobId", jobs.gpu_seen AS "gpuSeen", jobs.hook_token AS "hookToken",
  jobs.traceparent,
  (SELECT name FROM partners WHERE partners.id = jobs.partner_id) AS "partnerName",
  (SELECT name FROM voices WHERE voices.id = jobs.voice_id) AS "voiceName",
  jobs.created_at AS "createdAt"`;

/** What every log line about a job says of it. */
export function jobLine(job: ClaimedJob): Readonly<Record<string, string | null>> {
  return { job: job.id, partner: job.partnerName, name: job.voiceName, voice: job.voiceId };
}

/** Somebody else owns the job now, or it has ended: whatever was made for this claim stays invisible. */
export class LostClaim extends Error {
  constructor(jobId: string, generation: number) {
    super(`job ${jobId} is no longer owned by generation ${generation}`);
    this.name = 'LostClaim';
  }
}
