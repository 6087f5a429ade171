import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  PrimaryGeneratedColumn,
} from 'typeorm';
import { PartnerEntity } from './partner.entity.js';

/**
 * running: voices are embedded, or wait for it. cancelled: no further voice is embedded; those at work are finished.
 * completed: no voice is left.
 */
export type RecomputeState = 'running' | 'cancelled' | 'completed';

/** Embeddings of one tts type that are made anew in the background. */
@Entity('recomputes')
@Index('recomputes_created_at_idx', ['createdAt', 'id'])
@Index('recomputes_partner_id_idx', ['partnerId'])
@Check('recomputes_state_check', `state IN ('running', 'cancelled', 'completed')`)
@Check(
  'recomputes_finished_at_check',
  `CASE state WHEN 'running' THEN finished_at IS NULL WHEN 'completed' THEN finished_at IS NOT NULL ELSE true END`,
)
export class RecomputeEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'recomputes_pkey' })
  id: string;

  @Column({ name: 'tts_type', type: 'text' })
  ttsType: string;

  /** Only embeddings of older engine versions; null: of any version. */
  @Column({ name: 'engine_older_than', type: 'text', nullable: true })
  engineOlderThan: string | null;

  /** null: all partners. */
  @Column({ name: 'partner_id', type: 'uuid', nullable: true })
  partnerId: string | null;

  @ManyToOne(() => PartnerEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'partner_id', foreignKeyConstraintName: 'recomputes_partner_id_fkey' })
  partner?: PartnerEntity;

  @Column({ type: 'text', default: 'running' })
  state: RecomputeState;

  /** How many voices it found when it was created. */
  @Column({ type: 'integer' })
  voices: number;

  /** Voices with a new run. */
  @Column({ type: 'integer', default: 0 })
  done: number;

  /** Voices whose job failed. Their last good embedding stays. */
  @Column({ type: 'integer', default: 0 })
  failed: number;

  /** Voices for which no job was started, or whose job was deleted with them. */
  @Column({ type: 'integer', default: 0 })
  skipped: number;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  /** When the last of its jobs ended. */
  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true })
  finishedAt: Date | null;
}

/** A voice that a recompute still has to do. The row is deleted and counted when that is done. */
@Entity('recompute_voices')
@Index('recompute_voices_job_id_idx', ['jobId'], { where: 'job_id IS NOT NULL' })
@Index('recompute_voices_turn_idx', ['recomputeId', 'turnAfter', 'voiceId'], { where: 'job_id IS NULL' })
export class RecomputeVoiceEntity {
  @PrimaryColumn({ name: 'recompute_id', type: 'uuid', primaryKeyConstraintName: 'recompute_voices_pkey' })
  recomputeId: string;

  @ManyToOne(() => RecomputeEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'recompute_id', foreignKeyConstraintName: 'recompute_voices_recompute_id_fkey' })
  recompute?: RecomputeEntity;

  /** No foreign key: a voice that is deleted meanwhile is counted as skipped. */
  @PrimaryColumn({ name: 'voice_id', type: 'uuid', primaryKeyConstraintName: 'recompute_voices_pkey' })
  voiceId: string;

  /** Archive key of the run that was current when the recompute was created. */
  @Column({ type: 'text' })
  run: string;

  /** null until its turn. */
  @Column({ name: 'job_id', type: 'uuid', nullable: true })
  jobId: string | null;

  /** Earliest time of its turn. The voice that has waited longest comes first. */
  @Column({ name: 'turn_after', type: 'timestamptz', default: () => 'now()' })
  turnAfter: Date;
}
