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
import { bigNumber } from './big-number.js';
import { PartnerEntity } from './partner.entity.js';

/** The status of a voice's splitting or embedding. */
export type ProcessingStatus = 'idle' | 'in_progress' | 'completed' | 'failed';

/** Who chose the preferred sample. */
export type PreferredBy = 'person' | 'score';

/** Audio that could not be decoded (`MissingAudio` in libs/audio). */
export interface StoredMissingAudio {
  /** Seconds of the original before the gap. */
  readonly atSeconds: number;
  readonly seconds: number;
}

const status = `IN ('idle', 'in_progress', 'completed', 'failed')`;

/** A stored defect of a recording. Its codes belong to libs/voices. */
export interface StoredWarning {
  readonly code: string;
  readonly message: string;
}

/** A voice. Its row is the lock for everything that belongs to the voice. */
@Entity('voices')
@Unique('voices_partner_id_name_unique', ['partnerId', 'name'])
@Index('voices_labels_idx', ['labels'], { type: 'gin', where: `labels <> '{}'` })
@Index('voices_created_at_idx', ['partnerId', 'createdAt', 'id'])
@Index('voices_updated_at_idx', ['partnerId', 'updatedAt', 'id'])
@Index('voices_splitting_status_idx', ['partnerId', 'splittingStatus'])
@Index('voices_embedding_status_idx', ['partnerId', 'embeddingStatus'])
@Check('voices_name_check', `char_length(name) BETWEEN 1 AND 255`)
@Check('voices_splitting_status_check', `splitting_status ${status}`)
@Check('voices_embedding_status_check', `embedding_status ${status}`)
@Check('voices_preferred_by_check', `(preferred_by IS NULL) = (preferred_sample_index IS NULL)`)
export class VoiceEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'voices_pkey' })
  id: string;

  @Column({ name: 'partner_id', type: 'uuid' })
  partnerId: string;

  @ManyToOne(() => PartnerEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'partner_id', foreignKeyConstraintName: 'voices_partner_id_fkey' })
  partner?: PartnerEntity;

  @Column({ type: 'text', collation: 'C' })
  name: string;

  @Column({ name: 'creator_name', type: 'text', nullable: true })
  creatorName: string | null;

  @Column({ name: 'creator_email', type: 'text', nullable: true })
  creatorEmail: string | null;

  /** What its creator says about it. */
  @Column({ type: 'text', nullable: true })
  description: string | null;

  /** Texts of the form `key:value`, ordered by key. Text arrays have statistics of their elements, which JSON lacks. */
  @Column({ type: 'text', array: true, default: [] })
  labels: string[];

  @Column({ name: 'original_uploaded_name', type: 'text', nullable: true })
  originalUploadedName: string | null;

  @Column({ name: 'original_filename', type: 'text', nullable: true })
  originalFilename: string | null;

  /** Probed on upload, exact after the conversion; null if the upload does not state it. */
  @Column({ name: 'original_duration_seconds', type: 'double precision', nullable: true })
  originalDurationSeconds: number | null;

  /** The uploaded file, until it is converted. */
  @Column({ name: 'upload_key', type: 'text', nullable: true })
  uploadKey: string | null;

  /** Size of the upload; null if an older process stored it and it is not measured yet. So are the two sizes below. */
  @Column({ name: 'upload_bytes', type: 'bigint', nullable: true, transformer: bigNumber })
  uploadBytes: number | null;

  /** Results of the upload's check for its conversion (`RecordingFacts` in libs/audio); null for older uploads. */
  @Column({ name: 'upload_facts', type: 'jsonb', nullable: true })
  uploadFacts: object | null;

  /** When the upload is deleted after a failed first split. */
  @Column({ name: 'upload_kept_until', type: 'timestamptz', nullable: true })
  uploadKeptUntil: Date | null;

  /** The original: the converted recording. */
  @Column({ name: 'original_key', type: 'text', nullable: true })
  originalKey: string | null;

  @Column({ name: 'original_bytes', type: 'bigint', nullable: true, transformer: bigNumber })
  originalBytes: number | null;

  /** When the original was removed because it was kept long enough. */
  @Column({ name: 'original_removed_at', type: 'timestamptz', nullable: true })
  originalRemovedAt: Date | null;

  /** The analysis track of the original; null until it is measured, because older processes store none. */
  @Column({ name: 'analysis_key', type: 'text', nullable: true })
  analysisKey: string | null;

  @Column({ name: 'analysis_bytes', type: 'bigint', nullable: true, transformer: bigNumber })
  analysisBytes: number | null;

  /** Defects of the recording, found by the upload's check and by its conversion. */
  @Column({ type: 'jsonb', default: [] })
  warnings: StoredWarning[];

  /** Gaps: audio of the recording that the original lacks. Source timestamps refer to the recording. */
  @Column({ name: 'original_missing', type: 'jsonb', default: [] })
  originalMissing: StoredMissingAudio[];

  @Column({ name: 'splitting_status', type: 'text', default: 'idle' })
  splittingStatus: ProcessingStatus;

  @Column({ name: 'embedding_status', type: 'text', default: 'idle' })
  embeddingStatus: ProcessingStatus;

  @Column({ name: 'splitting_error', type: 'text', nullable: true })
  splittingError: string | null;

  @Column({ name: 'embedding_error', type: 'text', nullable: true })
  embeddingError: string | null;

  /** The tts type of the current embedding. */
  @Column({ name: 'embedding_type', type: 'text', default: 'kyutai' })
  embeddingType: string;

  /** What is spoken in the recording (BCP 47). */
  @Column({ type: 'text', default: 'en' })
  language: string;

  @Column({ name: 'next_sample_index', type: 'integer', default: 1 })
  nextSampleIndex: number;

  @Column({ name: 'sample_count', type: 'integer', default: 0 })
  sampleCount: number;

  @Column({ name: 'preferred_sample_index', type: 'integer', nullable: true })
  preferredSampleIndex: number | null;

  @Column({ name: 'preferred_by', type: 'text', nullable: true })
  preferredBy: PreferredBy | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
