import { Check, Column, CreateDateColumn, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A company that keeps voices here. */
@Entity('partners')
@Unique('partners_name_unique', ['name'])
@Check('partners_name_check', `name ~ '^[a-z0-9][a-z0-9_-]{0,62}$'`)
export class PartnerEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'partners_pkey' })
  id: string;

  @Column({ type: 'text', collation: 'C' })
  name: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
