import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { VoiceEntity } from './voice.entity.js';

/** How the last embedding run of a tts type ended. */
export type UpdateStatus = 'success' | 'failed';

/** Similarity of a sample, in [-1, 1]; higher is better. */
export interface StoredScore {
  readonly sampleIndex: number;
  readonly score: number;
}

/** What a voice has of one tts type: how its last run ended, and the last good embedding. */
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

  /** The zip of the last good run; null before the first. */
  @Column({ name: 'zip_key', type: 'text', nullable: true })
  zipKey: string | null;

  /** Best first. */
  @Column({ type: 'jsonb', default: [] })
  scores: StoredScore[];

  /** The samples changed since the last good run. */
  @Column({ type: 'boolean', default: false })
  stale: boolean;
}
