import { Check, Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { PartnerEntity } from './partner.entity.js';

/** What a key allows: requests that change nothing, and those that do. */
export type KeyScope = 'read' | 'write';

/** A key of a partner. Its text is never stored, only a hash. */
@Entity('api_keys')
@Index('api_keys_partner_id_idx', ['partnerId'])
@Check('api_keys_scopes_check', `scopes <@ ARRAY['read', 'write'] AND cardinality(scopes) > 0`)
export class ApiKeyEntity {
  /** The public part of `tk_<id>_<secret>`. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'api_keys_pkey' })
  id: string;

  @Column({ name: 'partner_id', type: 'uuid' })
  partnerId: string;

  @ManyToOne(() => PartnerEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'partner_id', foreignKeyConstraintName: 'api_keys_partner_id_fkey' })
  partner?: PartnerEntity;

  @Column({ type: 'text' })
  name: string;

  /** SHA-256 of the key's text. */
  @Column({ name: 'sha256', type: 'bytea' })
  sha256: Buffer;

  /** The first characters, which let people tell keys apart. */
  @Column({ type: 'text' })
  prefix: string;

  /** What requests with it may do. Keys from before there were scopes may do both. */
  @Column({ type: 'text', array: true, default: ['read', 'write'] })
  scopes: KeyScope[];

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt: Date | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt: Date | null;

  /** Updated at most once a minute. */
  @Column({ name: 'last_used_at', type: 'timestamptz', nullable: true })
  lastUsedAt: Date | null;
}
