import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { bigNumber } from './big-number.js';
import { VoiceEntity } from './voice.entity.js';

/** The outcome of the last embedding run of a tts type. */
export type UpdateStatus = 'success' | 'failed';

/** The similarity of a sample, from -1 to 1. Higher is better. */
export interface StoredScore {
  readonly sampleIndex: number;
  readonly score: number;
  /** That of the least similar part of its recording. Runs from before it was known, and some engines, lack it. */
  readonly lowestPartScore?: number | undefined;
}

/** A voice's embedding of one tts type: the outcome of the last run, and the last successful result. */
@Entity('embeddings')
@Unique('embeddings_voice_id_tts_type_unique', ['voiceId', 'ttsType'])
@Index('embeddings_voice_id_idx', ['voiceId'], { type: 'hash' })
@Check('embeddings_last_update_status_check', `last_update_status IN ('success', 'failed')`)
export class EmbeddingEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'embeddings_pkey' })
  id: string;

  @Column({ name: 'voice_id', type: 'uuid' })
  voiceId: string;

  @ManyToOne(() => VoiceEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'voice_id', foreignKeyConstraintName: 'embeddings_voice_id_fkey' })
  voice?: VoiceEntity;

  @Column({ name: 'tts_type', type: 'text' })
  ttsType: string;

  @Column({ name: 'last_update_status', type: 'text' })
  lastUpdateStatus: UpdateStatus;

  @Column({ name: 'last_update_time', type: 'timestamptz' })
  lastUpdateTime: Date;

  /** The zip of the last successful run; null before the first. */
  @Column({ name: 'zip_key', type: 'text', nullable: true })
  zipKey: string | null;

  /** Size of the object that `sizedZipKey` names; 0 if the archive is made while it is sent. */
  @Column({ name: 'zip_bytes', type: 'bigint', nullable: true, transformer: bigNumber })
  zipBytes: number | null;

  /** Differs from `zipKey` if an older process has stored that zip, and it is not measured yet. */
  @Column({ name: 'sized_zip_key', type: 'text', nullable: true })
  sizedZipKey: string | null;

  /** Best first. */
  @Column({ type: 'jsonb', default: [] })
  scores: StoredScore[];

  /** Whether the samples have changed since the last successful run. */
  @Column({ type: 'boolean', default: false })
  stale: boolean;
}
