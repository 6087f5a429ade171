import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** An event of a voice: an outbox row. Has no foreign keys, because it outlives what it is about. */
@Entity('events')
@Index('events_partner_idx', ['partnerId', 'tx'])
@Index('events_updated_once_unique', ['voiceId', 'tx'], { unique: true, where: `type = 'voice.updated'` })
@Index('events_new_idx', ['id'], { where: `fanned_out_at IS NULL` })
export class EventEntity {
  /** Increases with the time of a voice's events, because each is written under the lock of the voice. */
  @PrimaryGeneratedColumn('identity', { type: 'bigint', primaryKeyConstraintName: 'events_pkey' })
  id: string;

  @Column({ type: 'text' })
  type: string;

  @Column({ name: 'partner_id', type: 'uuid' })
  partnerId: string;

  /** The name at that time. */
  @Column({ type: 'text' })
  partner: string;

  @Column({ name: 'voice_id', type: 'uuid' })
  voiceId: string;

  /** The name at that time. */
  @Column({ type: 'text' })
  voice: string;

  @Column({ type: 'jsonb', default: {} })
  data: Readonly<Record<string, string | number | null>>;

  /** The transaction that wrote it (`pg_current_xact_id`). Ids are taken long before a commit and say less about its time. */
  @Column({ type: 'bigint' })
  tx: string;

  @Column({ type: 'timestamptz' })
  at: Date;

  /** When its webhook deliveries were made; null until then. */
  @Column({ name: 'fanned_out_at', type: 'timestamptz', nullable: true })
  fannedOutAt: Date | null;
}
