import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { IdempotencyKeyEntity } from './idempotency-key.entity.js';
import { PartnerEntity } from './partner.entity.js';
import { VoiceEntity } from './voice.entity.js';

/** The answer that is kept for an idempotency key. It is deleted with the voice or the partner that it is about. */
@Entity('idempotency_answers')
@Index('idempotency_answers_partner_id_idx', ['partnerId'])
@Index('idempotency_answers_voice_id_idx', ['voiceId'])
export class IdempotencyAnswerEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'idempotency_answers_pkey' })
  id: string;

  @ManyToOne(() => IdempotencyKeyEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'id', foreignKeyConstraintName: 'idempotency_answers_id_fkey' })
  key?: IdempotencyKeyEntity;

  @Column({ name: 'partner_id', type: 'uuid', nullable: true })
  partnerId: string | null;

  @ManyToOne(() => PartnerEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'partner_id', foreignKeyConstraintName: 'idempotency_answers_partner_id_fkey' })
  partner?: PartnerEntity;

  @Column({ name: 'voice_id', type: 'uuid', nullable: true })
  voiceId: string | null;

  @ManyToOne(() => VoiceEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'voice_id', foreignKeyConstraintName: 'idempotency_answers_voice_id_fkey' })
  voice?: VoiceEntity;

  /** Encrypted with a key that needs the text of the idempotency key: it may hold a new API key. */
  @Column({ type: 'bytea' })
  sealed: Buffer;
}
