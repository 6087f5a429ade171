import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { PartnerEntity } from './partner.entity.js';

/** One key of a partner. The key itself is never kept, only what proves it. */
@Entity('api_keys')
@Index('api_keys_partner_id_idx', ['partnerId'])
export class ApiKeyEntity {
  /** The public part, between the underscores of `tk_<id>_<secret>`. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'api_keys_pkey' })
  id: string;

  @Column({ name: 'partner_id', type: 'uuid' })
  partnerId: string;

  @ManyToOne(() => PartnerEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'partner_id', foreignKeyConstraintName: 'api_keys_partner_id_fkey' })
  partner?: PartnerEntity;

  @Column({ type: 'text' })
  name: string;

  /** SHA-256 of the whole key. */
  @Column({ name: 'sha256', type: 'bytea' })
  sha256: Buffer;

  /** The first characters, for people to tell keys apart. */
  @Column({ type: 'text' })
  prefix: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt: Date | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt: Date | null;

  /** Written at most once a minute. */
  @Column({ name: 'last_used_at', type: 'timestamptz', nullable: true })
  lastUsedAt: Date | null;
}
