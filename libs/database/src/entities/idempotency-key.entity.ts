import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { PartnerEntity } from './partner.entity.js';

/** An `Idempotency-Key` that a request was sent with. */
@Entity('idempotency_keys')
@Unique('idempotency_keys_scope_key_unique', ['scope', 'keySha256'])
@Index('idempotency_keys_partner_id_idx', ['partnerId'])
@Index('idempotency_keys_held_until_idx', ['heldUntil'])
export class IdempotencyKeyEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'idempotency_keys_pkey' })
  id: string;

  /** Whose key it is: a partner's id, or `admin`. */
  @Column({ type: 'text' })
  scope: string;

  /** Of the key, which is not stored. */
  @Column({ name: 'key_sha256', type: 'bytea' })
  keySha256: Buffer;

  /** null in the scope `admin`. */
  @Column({ name: 'partner_id', type: 'uuid', nullable: true })
  partnerId: string | null;

  @ManyToOne(() => PartnerEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'partner_id', foreignKeyConstraintName: 'idempotency_keys_partner_id_fkey' })
  partner?: PartnerEntity;

  /** SHA-256 of the request: route, parameters, body and file. */
  @Column({ type: 'bytea' })
  fingerprint: Buffer;

  /** The request that owns the key. Only its owner stores an answer. */
  @Column({ type: 'uuid' })
  claim: string;

  /** Afterwards any request may take the key: the end of the owner's lease, or of the time for which the answer is kept. */
  @Column({ name: 'held_until', type: 'timestamptz' })
  heldUntil: Date;

  @Column({ type: 'boolean', default: false })
  answered: boolean;
}
