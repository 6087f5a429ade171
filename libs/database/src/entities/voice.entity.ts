import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';
import { PartnerEntity } from './partner.entity.js';

/** Where splitting or embedding of a voice stands. */
export type ProcessingStatus = 'idle' | 'in_progress' | 'completed' | 'failed';

/** Who chose the preferred sample. */
export type PreferredBy = 'person' | 'score';

/** Audio that could not be decoded (`MissingAudio` of libs/audio). */
export interface StoredMissingAudio {
  /** Seconds of the original before it. */
  readonly atSeconds: number;
  readonly seconds: number;
}

const status = `IN ('idle', 'in_progress', 'completed', 'failed')`;

/** What is wrong with a recording, as it is stored. The codes are the domain's (libs/voices). */
export interface StoredWarning {
  readonly code: string;
  readonly message: string;
}

/** A voice. Its row is the lock for everything that belongs to it. */
@Entity('voices')
@Unique('voices_partner_id_name_unique', ['partnerId', 'name'])
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

  @Column({ name: 'original_uploaded_name', type: 'text', nullable: true })
  originalUploadedName: string | null;

  @Column({ name: 'original_filename', type: 'text', nullable: true })
  originalFilename: string | null;

  /** Probed at the upload, exact once converted; null where the upload does not say. */
  @Column({ name: 'original_duration_seconds', type: 'double precision', nullable: true })
  originalDurationSeconds: number | null;

  /** The upload as it came, until it is converted. */
  @Column({ name: 'upload_key', type: 'text', nullable: true })
  uploadKey: string | null;

  /** What the upload's check found, for its conversion (`RecordingFacts` of libs/audio); null of an older upload. */
  @Column({ name: 'upload_facts', type: 'jsonb', nullable: true })
  uploadFacts: object | null;

  /** After a first split failed: when the upload goes. */
  @Column({ name: 'upload_kept_until', type: 'timestamptz', nullable: true })
  uploadKeptUntil: Date | null;

  /** The original: the converted recording. */
  @Column({ name: 'original_key', type: 'text', nullable: true })
  originalKey: string | null;

  /** Found in the recording by the upload's check and by its conversion. */
  @Column({ type: 'jsonb', default: [] })
  warnings: StoredWarning[];

  /** Where the recording had audio that the original lacks, so that places in it are those of the recording. */
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
