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
import { VoiceEntity } from './voice.entity.js';

export type JobKind = 'split' | 'embed';

/** queued: waits for a worker; running: a worker holds the lease; waiting: on the GPU; the last two are final. */
export type JobState = 'queued' | 'running' | 'waiting' | 'completed' | 'failed';

/** What is done next. split: samples → original; embed: submit → collect. */
export type JobStage = 'samples' | 'original' | 'submit' | 'collect';

/** What a split was asked for. */
export interface SplitParams {
  readonly maxSamples: number;
  readonly sampleDurationSeconds: number;
  /** The first split of an upload: its embedding follows by itself. */
  readonly first: boolean;
}

/** What an embedding was asked for. */
export interface EmbedParams {
  readonly ttsType: string;
}

/** What a person polling sees of a job under way. */
export interface JobProgress {
  readonly stage: 'converting' | 'cutting' | 'queued' | 'embedding' | 'testing' | 'scoring';
  readonly done: number;
  readonly of: number;
}

/**
 * A piece of work, and all that is known of it: Bull carries nothing but its id.
 *
 * `generation` is fence and folder: each claim raises it, outputs go to its folder, and only its owner commits.
 */
@Entity('jobs')
@Index('jobs_active_unique', ['voiceId', 'kind'], {
  unique: true,
  where: `state IN ('queued', 'running', 'waiting')`,
})
@Index('jobs_due_idx', ['state', 'runAfter'], { where: `state IN ('queued', 'running', 'waiting')` })
@Index('jobs_active_partner_idx', ['partnerId', 'state'], { where: `state IN ('queued', 'running', 'waiting')` })
@Index('jobs_voice_id_idx', ['voiceId'])
@Unique('jobs_hook_token_unique', ['hookToken'])
@Check('jobs_kind_check', `kind IN ('split', 'embed')`)
@Check('jobs_state_check', `state IN ('queued', 'running', 'waiting', 'completed', 'failed')`)
@Check('jobs_stage_check', `stage IN ('samples', 'original', 'submit', 'collect')`)
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

  @Column({ type: 'text', default: 'queued' })
  state: JobState;

  @Column({ type: 'text' })
  stage: JobStage;

  @Column({ type: 'jsonb' })
  params: SplitParams | EmbedParams;

  @Column({ type: 'integer', default: 0 })
  generation: number;

  @Column({ name: 'leased_until', type: 'timestamptz', nullable: true })
  leasedUntil: Date | null;

  /** Not dispatched, polled or revived before. */
  @Column({ name: 'run_after', type: 'timestamptz', default: () => 'now()' })
  runAfter: Date;

  /** When its last nudge was sent; null when it waits to be dispatched. */
  @Column({ name: 'nudged_at', type: 'timestamptz', nullable: true })
  nudgedAt: Date | null;

  /** Makes every Bull job id new; never goes back. */
  @Column({ type: 'integer', default: 0 })
  nudges: number;

  /** Real failures that may pass. */
  @Column({ type: 'integer', default: 0 })
  attempts: number;

  /** Leases that ran out since the last progress. */
  @Column({ type: 'integer', default: 0 })
  deaths: number;

  /** Status polls of the GPU job. */
  @Column({ type: 'integer', default: 0 })
  polls: number;

  @Column({ type: 'jsonb', nullable: true })
  progress: JobProgress | null;

  @Column({ name: 'error_code', type: 'text', nullable: true })
  errorCode: string | null;

  @Column({ type: 'text', nullable: true })
  error: string | null;

  /** Counts from the submission, never from waiting for a worker. */
  @Column({ type: 'timestamptz', nullable: true })
  deadline: Date | null;

  /** The generation whose inbox the GPU side writes to; set before POST /run is sent. */
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

  /** Has /status ever known the job? A 404 before means "not yet", after it "expired". */
  @Column({ name: 'gpu_seen', type: 'boolean', default: false })
  gpuSeen: boolean;

  /** When /status first said 404 of a job that it has never known; null while it knows it. */
  @Column({ name: 'gpu_missing_since', type: 'timestamptz', nullable: true })
  gpuMissingSince: Date | null;

  /** Unguessable part of the job's webhook URL. */
  @Column({ name: 'hook_token', type: 'text', nullable: true })
  hookToken: string | null;

  /** W3C `traceparent` of what asked for the job, where traces are on. */
  @Column({ type: 'text', nullable: true })
  traceparent: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt: Date | null;
}
