import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** Bytes that must go: written in the transaction that made them nobody's, struck off once they are gone. */
@Entity('object_removals')
@Index('object_removals_due_at_idx', ['dueAt'])
export class ObjectRemovalEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', primaryKeyConstraintName: 'object_removals_pkey' })
  id: string;

  /** An object key, or the prefix of many when it ends with a slash. */
  @Column({ type: 'text' })
  target: string;

  @Column({ name: 'due_at', type: 'timestamptz' })
  dueAt: Date;
}
