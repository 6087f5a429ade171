import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';
import { VoiceEntity, type ProcessingStatus } from './voice.entity.js';

export type JobKind = 'split' | 'embed' | 'speak' | 'import';

/** queued: waits for a worker; running: a worker holds the lease; waiting: on the GPU. The last two are final. */
export type JobState = 'queued' | 'running' | 'waiting' | 'completed' | 'failed';

/** The next step. split: samples → original; embed and speak: submit → collect; import: unpack. */
export type JobStage = 'samples' | 'original' | 'submit' | 'collect' | 'unpack';

/** Parameters of a split. */
export interface SplitParams {
  readonly maxSamples: number;
  /** In mode `speech` the longest duration. */
  readonly sampleDurationSeconds: number;
  /** Where it cuts: after a fixed time, or in pauses. Absent in jobs from before there were modes, which are `fixed`. */
  readonly mode?: 'fixed' | 'speech';
  /** The shortest duration of mode `speech`. */
  readonly minDurationSeconds?: number;
  /** Which of the possible samples it takes. Absent in jobs from before it could be chosen, which take the `first`. */
  readonly select?: 'first' | 'best';
  /** The first split of an upload, which an embedding follows automatically. */
  readonly first: boolean;
}

/** What a voice shows of its last embedding. */
export interface ShownEmbedding {
  readonly status: ProcessingStatus;
  readonly error: string | null;
}

/** Parameters of an embedding. */
export interface EmbedParams {
  readonly ttsType: string;
  /** BCP 47; absent in jobs from before it was kept. */
  readonly language?: string;
  /** What the test samples say; absent in jobs from before it was kept. */
  readonly testSentences?: readonly string[];
  /**
   * What the voice showed before, if nobody has asked for this embedding and it is of another tts type than that of the
   * voice. The voice shows it again when the job has ended.
   */
  readonly shownBefore?: ShownEmbedding;
}

/** Parameters of a speech. Its row has the rest, which is deleted long before the row of the job. */
export interface SpeakParams {
  readonly ttsType: string;
}

/** Parameters of an import. */
export interface ImportParams {
  /** The archive, which is removed when the job has ended. */
  readonly archiveKey: string;
  /** Its size. */
  readonly bytes: number;
}

/** The progress of a running job, as clients see it. */
export interface JobProgress {
  readonly stage: 'converting' | 'cutting' | 'queued' | 'embedding' | 'testing' | 'scoring' | 'importing';
  readonly done: number;
  readonly of: number;
}

/**
 * A job with all its state. Bull carries only its id.
 *
 * `generation` is fence and folder: each claim increments it, outputs go to its folder, and only its owner commits.
 */
@Entity('jobs')
@Index('jobs_active_unique', ['voiceId', 'kind'], {
  unique: true,
  where: `state IN ('queued', 'running', 'waiting') AND kind <> 'speak'`,
})
@Index('jobs_due_idx', ['state', 'runAfter'], { where: `state IN ('queued', 'running', 'waiting')` })
@Index('jobs_active_partner_idx', ['partnerId', 'state'], { where: `state IN ('queued', 'running', 'waiting')` })
@Index('jobs_finished_at_idx', ['finishedAt'], { where: `state IN ('completed', 'failed')` })
@Index('jobs_voice_id_idx', ['voiceId'])
@Unique('jobs_hook_token_unique', ['hookToken'])
@Check('jobs_kind_check', `kind IN ('split', 'embed', 'speak', 'import')`)
@Check('jobs_state_check', `state IN ('queued', 'running', 'waiting', 'completed', 'failed')`)
@Check('jobs_stage_check', `stage IN ('samples', 'original', 'submit', 'collect', 'unpack')`)
@Check('jobs_lease_check', `(state = 'running') = (leased_until IS NOT NULL)`)
export class JobEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'jobs_pkey' })
  id: string;

  @Column({ name: 'voice_id', type: 'uuid' })
  voiceId: string;

  @ManyToOne(() => VoiceEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'voice_id', foreignKeyConstraintName: 'jobs_voice_id_fkey' })
  voice?: VoiceEntity;

  @Column({ name: 'partner_id', type: 'uuid' })
  partnerId: string;

  @Column({ type: 'text' })
  kind: JobKind;

  /** Whether Timbre made it by itself. It is dispatched after all jobs that somebody has asked for. */
  @Column({ name: 'is_background', type: 'boolean', default: false })
  isBackground: boolean;

  @Column({ type: 'text', default: 'queued' })
  state: JobState;

  @Column({ type: 'text' })
  stage: JobStage;

  @Column({ type: 'jsonb' })
  params: SplitParams | EmbedParams | SpeakParams | ImportParams;

  @Column({ type: 'integer', default: 0 })
  generation: number;

  @Column({ name: 'leased_until', type: 'timestamptz', nullable: true })
  leasedUntil: Date | null;

  /** Earliest time at which the job is dispatched, polled or revived. */
  @Column({ name: 'run_after', type: 'timestamptz', default: () => 'now()' })
  runAfter: Date;

  /** When the last nudge was sent; null while the job waits for dispatch. */
  @Column({ name: 'nudged_at', type: 'timestamptz', nullable: true })
  nudgedAt: Date | null;

  /** Makes each Bull job id unique. Never decreases. */
  @Column({ type: 'integer', default: 0 })
  nudges: number;

  /** Retryable failures so far. */
  @Column({ type: 'integer', default: 0 })
  attempts: number;

  /** Leases that expired since the last progress. */
  @Column({ type: 'integer', default: 0 })
  deaths: number;

  /** Status polls of the GPU job so far. */
  @Column({ type: 'integer', default: 0 })
  polls: number;

  @Column({ type: 'jsonb', nullable: true })
  progress: JobProgress | null;

  @Column({ name: 'error_code', type: 'text', nullable: true })
  errorCode: string | null;

  /** Why the job failed or, for an active job, why its submission is postponed. */
  @Column({ type: 'text', nullable: true })
  error: string | null;

  /** Set by the first submission or postponement. Time in which the job waits for a worker does not count. */
  @Column({ type: 'timestamptz', nullable: true })
  deadline: Date | null;

  /** The generation whose inbox the GPU side writes to. Set before POST /run is sent. */
  @Column({ name: 'submitted_generation', type: 'integer', nullable: true })
  submittedGeneration: number | null;

  @Column({ name: 'submitted_at', type: 'timestamptz', nullable: true })
  submittedAt: Date | null;

  /** How often POST /run was sent. */
  @Column({ type: 'integer', default: 0 })
  submissions: number;

  @Column({ name: 'runpod_endpoint', type: 'text', nullable: true })
  runpodEndpoint: string | null;

  @Column({ name: 'runpod_job_id', type: 'text', nullable: true })
  runpodJobId: string | null;

  /** Whether /status has ever known the job. Before that a 404 means "not yet", afterwards "expired". */
  @Column({ name: 'gpu_seen', type: 'boolean', default: false })
  gpuSeen: boolean;

  /** When /status first answered 404 for a job that it has never known; else null. */
  @Column({ name: 'gpu_missing_since', type: 'timestamptz', nullable: true })
  gpuMissingSince: Date | null;

  /** The secret part of the job's webhook URL. */
  @Column({ name: 'hook_token', type: 'text', nullable: true })
  hookToken: string | null;

  /** W3C `traceparent` of the request or step that created the job, if tracing is enabled. */
  @Column({ type: 'text', nullable: true })
  traceparent: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt: Date | null;
}
