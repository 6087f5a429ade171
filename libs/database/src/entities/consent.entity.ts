import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { VoiceEntity } from './voice.entity.js';

/** How somebody has consented: in a recording, on paper, or in words that nobody has recorded. */
export type ConsentMethod = 'recorded' | 'written' | 'verbal';

/** The proof of a consent, as a client has sent it. */
export interface StoredConsentFile {
  readonly name: string;
  readonly objectKey: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** A recorded consent as Ogg Opus, for the GPU side. */
export interface StoredConsentRecording {
  readonly objectKey: string;
  readonly durationSeconds: number;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** How much a recorded consent sounds like the samples of its voice. */
export interface StoredSimilarity {
  /** -1 to 1, higher is more alike. */
  readonly score: number;
  /** Figures of two scorers cannot be compared. */
  readonly scorer: string;
  /** ISO 8601. */
  readonly measuredAt: string;
}

/** A person's consent to the use of their voice. It is erased with the voice. */
@Entity('consents')
@Index('consents_voice_id_idx', ['voiceId'])
@Check('consents_method_check', `method IN ('recorded', 'written', 'verbal')`)
@Check('consents_recording_check', `recording IS NULL OR (file IS NOT NULL AND method = 'recorded')`)
export class ConsentEntity {
  /** The caller chooses it, because the file is stored under it before the row exists. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'consents_pkey' })
  id: string;

  @Column({ name: 'voice_id', type: 'uuid' })
  voiceId: string;

  @ManyToOne(() => VoiceEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'voice_id', foreignKeyConstraintName: 'consents_voice_id_fkey' })
  voice?: VoiceEntity;

  /** What was agreed to, in the words of the consent. */
  @Column({ type: 'text' })
  statement: string;

  /** Of the statement (BCP 47). */
  @Column({ type: 'text' })
  language: string;

  @Column({ name: 'granted_by', type: 'text' })
  grantedBy: string;

  @Column({ type: 'text' })
  method: ConsentMethod;

  /** Which version of the client's own text the statement is. */
  @Column({ name: 'text_version', type: 'text', nullable: true })
  textVersion: string | null;

  @Column({ type: 'jsonb', nullable: true })
  file: StoredConsentFile | null;

  @Column({ type: 'jsonb', nullable: true })
  recording: StoredConsentRecording | null;

  /** null until an embedding has measured it. */
  @Column({ type: 'jsonb', nullable: true })
  similarity: StoredSimilarity | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt: Date | null;
}
