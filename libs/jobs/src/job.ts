import type { EmbedParams, ImportParams, JobEntity, JobKind, JobStage, SpeakParams, SplitParams } from '#libs/database';
import type { FailureCode } from '#libs/errors';

/** The stages of each kind, in order. A stage that was committed is never run again. */
export const jobStages = {
  split: ['samples', 'original'],
  embed: ['submit', 'collect'],
  speak: ['submit', 'collect'],
  import: ['unpack'],
} as const satisfies Readonly<Record<JobKind, readonly JobStage[]>>;

/** A row of `jobs` as it was read. Postgres computes all ages, because a machine's clock may be minutes off. */
type JobRow = Readonly<
  Pick<
    JobEntity,
    'id' | 'voiceId' | 'partnerId' | 'state' | 'generation' | 'attempts' | 'deaths' | 'nudges' | 'traceparent'
  >
> & {
  /** For log lines; null when the partner is gone. */
  readonly partnerName: string | null;
  /** For log lines; null when the voice is gone. */
  readonly voiceName: string | null;
};

/** Cuts a recording into samples and stores the converted original. */
export type SplitJob = JobRow & {
  readonly kind: 'split';
  readonly stage: (typeof jobStages.split)[number];
  readonly params: SplitParams;
};

/** Makes a voice of an archive. The voice has nothing but its name until then. */
export type ImportJob = JobRow & {
  readonly kind: 'import';
  readonly stage: (typeof jobStages.import)[number];
  readonly params: ImportParams;
};

/** What is known of a job that runs on a GPU. */
type GpuJobRow = JobRow &
  Readonly<
    Pick<
      JobEntity,
      'polls' | 'submittedGeneration' | 'submissions' | 'runpodEndpoint' | 'runpodJobId' | 'gpuSeen' | 'hookToken'
    >
  > & {
    readonly deadlinePassed: boolean;
    /** null: POST /run was not sent. */
    readonly submittedSecondsAgo: number | null;
    /** Seconds since /status first answered 404; null while RunPod knows the GPU job. */
    readonly missingSecondsAgo: number | null;
  };

/** Embeds a voice's samples on a GPU. */
export type EmbedJob = GpuJobRow & {
  readonly kind: 'embed';
  readonly stage: (typeof jobStages.embed)[number];
  readonly params: EmbedParams;
};

/** Speaks a text with an embedding on a GPU. The row of `speeches` with its id says which. It does not lock the voice. */
export type SpeakJob = GpuJobRow & {
  readonly kind: 'speak';
  readonly stage: (typeof jobStages.speak)[number];
  readonly params: SpeakParams;
};

/** Runs on a GPU: submitted, polled, then collected. */
export type GpuJob = EmbedJob | SpeakJob;

export type Job = SplitJob | ImportJob | GpuJob;

/** The job type of a kind. */
export type JobOf<K extends JobKind> = Extract<Job, { readonly kind: K }>;

/** Why a job failed. */
export interface JobFailure {
  readonly code: FailureCode;
  /** One sentence, shown in the voice's `errors`, or as the `error` of a speech. */
  readonly sentence: string;
}

/** The columns of a {@link Job}, for SELECT and RETURNING. */
export const jobColumns = `
  jobs.id, jobs.voice_id AS "voiceId", jobs.partner_id AS "partnerId", jobs.kind, jobs.state, jobs.stage, jobs.params,
  jobs.generation, jobs.attempts, jobs.deaths, jobs.polls, jobs.nudges,
  coalesce(jobs.deadline < now(), false) AS "deadlinePassed",
  jobs.submitted_generation AS "submittedGeneration", jobs.submissions,
  extract(epoch FROM now() - jobs.submitted_at)::float8 AS "submittedSecondsAgo",
  extract(epoch FROM now() - jobs.gpu_missing_since)::float8 AS "missingSecondsAgo",
  jobs.runpod_endpoint AS "runpodEndpoint", jobs.runpod_job_id AS "runpodJobId", jobs.gpu_seen AS "gpuSeen",
  jobs.hook_token AS "hookToken", jobs.traceparent,
  (SELECT name FROM partners WHERE partners.id = jobs.partner_id) AS "partnerName",
  (SELECT name FROM voices WHERE voices.id = jobs.voice_id) AS "voiceName"`;

/** The fields of every log line about a job. */
export function jobLogFields(job: Job): Readonly<Record<string, string | null>> {
  return { job: job.id, partner: job.partnerName, name: job.voiceName, voice: job.voiceId };
}

/** Another worker owns the job now, or the job has ended. Nothing that was made under this claim becomes visible. */
export class LostClaim extends Error {
  constructor(job: Pick<Job, 'id' | 'generation'>) {
    super(`job ${job.id} is no longer owned by generation ${job.generation}`);
    this.name = 'LostClaim';
  }
}
