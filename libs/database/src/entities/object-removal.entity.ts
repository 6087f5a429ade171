import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** Objects to delete. Written in the transaction that removes the reference to them, deleted when they are gone. */
@Entity('object_removals')
@Index('object_removals_due_at_idx', ['dueAt'])
export class ObjectRemovalEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', primaryKeyConstraintName: 'object_removals_pkey' })
  id: string;

  /** An object key, or a prefix if it ends with a slash. */
  @Column({ type: 'text' })
  target: string;

  @Column({ name: 'due_at', type: 'timestamptz' })
  dueAt: Date;

  /** Attempts so far. */
  @Column({ type: 'integer', default: 0 })
  tries: number;

  /** Earliest time of the next attempt; null before the first. */
  @Column({ name: 'retry_at', type: 'timestamptz', nullable: true })
  retryAt: Date | null;
}
