import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';
import { VoiceEntity } from './voice.entity.js';

/** A part of a voice's recording, or an uploaded sample. */
@Entity('samples')
@Unique('samples_voice_id_index_unique', ['voiceId', 'index'])
@Check('samples_index_check', `"index" >= 1`)
@Check('samples_duration_seconds_check', `duration_seconds > 0`)
export class SampleEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'samples_pkey' })
  id: string;

  @Column({ name: 'voice_id', type: 'uuid' })
  voiceId: string;

  @ManyToOne(() => VoiceEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'voice_id', foreignKeyConstraintName: 'samples_voice_id_fkey' })
  voice?: VoiceEntity;

  @Column({ type: 'integer' })
  index: number;

  /** Start in the original; null for uploaded samples. */
  @Column({ name: 'source_start_seconds', type: 'double precision', nullable: true })
  sourceStartSeconds: number | null;

  @Column({ name: 'duration_seconds', type: 'double precision' })
  durationSeconds: number;

  @Column({ name: 'object_key', type: 'text' })
  objectKey: string;

  @Column({ type: 'integer' })
  bytes: number;

  /** Hex. */
  @Column({ type: 'text' })
  sha256: string;

  /** What was measured of it (`QualityFigures` in libs/audio); null until then, and for samples of older processes. */
  @Column({ type: 'jsonb', nullable: true })
  quality: object | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
