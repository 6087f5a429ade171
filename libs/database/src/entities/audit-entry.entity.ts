import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A change. Has no foreign keys, because it outlives what it describes. */
@Entity('audit_log')
@Check('audit_log_actor_check', `actor IN ('admin', 'partner', 'system')`)
@Index('audit_log_partner_idx', ['partner', 'id'])
@Index('audit_log_at_idx', ['at'])
export class AuditEntryEntity {
  /** Increases with time, so that entries are ordered by it. */
  @PrimaryGeneratedColumn('identity', { type: 'bigint', primaryKeyConstraintName: 'audit_log_pkey' })
  id: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  at: Date;

  @Column({ type: 'text' })
  actor: 'admin' | 'partner' | 'system';

  /** The id of the key, never the key. */
  @Column({ name: 'key_id', type: 'text', nullable: true })
  keyId: string | null;

  @Column({ name: 'request_id', type: 'text', nullable: true })
  requestId: string | null;

  @Column({ type: 'text' })
  action: string;

  /** null if the change concerns all partners. */
  @Column({ name: 'partner_id', type: 'uuid', nullable: true })
  partnerId: string | null;

  /** The name at that time. */
  @Column({ type: 'text', nullable: true })
  partner: string | null;

  @Column({ name: 'voice_id', type: 'uuid', nullable: true })
  voiceId: string | null;

  /** The name at that time. */
  @Column({ type: 'text', nullable: true })
  voice: string | null;

  @Column({ type: 'jsonb' })
  details: Readonly<Record<string, string | number | null>>;
}
