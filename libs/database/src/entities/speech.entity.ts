import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { VoiceEntity } from './voice.entity.js';

/** The embedding that a speech is spoken with. It may be replaced while the speech is under way. */
export interface SpokenEmbedding {
  readonly objectKey: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export type SpeechStatus = 'in_progress' | 'completed' | 'failed';

/** A text spoken with an embedding, at a client's request. Its job has the same id. */
@Entity('speeches')
@Index('speeches_voice_id_idx', ['voiceId'])
@Index('speeches_expires_at_idx', ['expiresAt'], { where: 'expires_at IS NOT NULL' })
@Check('speeches_status_check', `status IN ('in_progress', 'completed', 'failed')`)
@Check('speeches_object_check', `(status = 'completed') = (object_key IS NOT NULL)`)
@Check('speeches_error_check', `(status = 'failed') = (error IS NOT NULL)`)
@Check('speeches_expires_at_check', `(status = 'in_progress') = (expires_at IS NULL)`)
export class SpeechEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'speeches_pkey' })
  id: string;

  @Column({ name: 'voice_id', type: 'uuid' })
  voiceId: string;

  @ManyToOne(() => VoiceEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'voice_id', foreignKeyConstraintName: 'speeches_voice_id_fkey' })
  voice?: VoiceEntity;

  @Column({ name: 'tts_type', type: 'text' })
  ttsType: string;

  /** BCP 47. */
  @Column({ type: 'text' })
  language: string;

  @Column({ type: 'text' })
  text: string;

  @Column({ name: 'sample_index', type: 'integer' })
  sampleIndex: number;

  /** 0 to 2^32 - 1, which a Postgres integer cannot hold. */
  @Column({ type: 'bigint', transformer: { to: (seed: number) => seed, from: Number } })
  seed: number;

  @Column({ type: 'jsonb' })
  embedding: SpokenEmbedding;

  @Column({ type: 'text', default: 'in_progress' })
  status: SpeechStatus;

  /** One sentence. */
  @Column({ type: 'text', nullable: true })
  error: string | null;

  @Column({ name: 'object_key', type: 'text', nullable: true })
  objectKey: string | null;

  @Column({ type: 'integer', nullable: true })
  bytes: number | null;

  /** Hex. */
  @Column({ type: 'text', nullable: true })
  sha256: string | null;

  @Column({ name: 'duration_seconds', type: 'double precision', nullable: true })
  durationSeconds: number | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt: Date | null;

  /** null while it is in progress. */
  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt: Date | null;
}
