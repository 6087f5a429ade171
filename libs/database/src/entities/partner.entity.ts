import { Check, Column, CreateDateColumn, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { bigNumber } from './big-number.js';

/** A company that stores voices in Timbre. */
@Entity('partners')
@Unique('partners_name_unique', ['name'])
@Check('partners_name_check', `name ~ '^[a-z0-9][a-z0-9_-]{0,62}$'`)
export class PartnerEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'partners_pkey' })
  id: string;

  @Column({ type: 'text', collation: 'C' })
  name: string;

  /** Quotas; null: unlimited. */
  @Column({ name: 'max_voices', type: 'integer', nullable: true })
  maxVoices: number | null;

  @Column({ name: 'max_bytes', type: 'bigint', nullable: true, transformer: bigNumber })
  maxBytes: number | null;

  @Column({ name: 'max_gpu_seconds_per_month', type: 'integer', nullable: true })
  maxGpuSecondsPerMonth: number | null;

  /** When originals are removed, in days after their embedding; null: as the operator has set for all partners. */
  @Column({ name: 'keep_originals_days', type: 'integer', nullable: true })
  keepOriginalsDays: number | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
