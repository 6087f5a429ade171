import { Column, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { VoiceEntity } from './voice.entity.js';

/** A sentence spoken with the embedding of a sample. */
@Entity('test_samples')
@Unique('test_samples_unique', ['voiceId', 'ttsType', 'sampleIndex', 'sentenceIndex'])
export class TestSampleEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'test_samples_pkey' })
  id: string;

  @Column({ name: 'voice_id', type: 'uuid' })
  voiceId: string;

  @ManyToOne(() => VoiceEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'voice_id', foreignKeyConstraintName: 'test_samples_voice_id_fkey' })
  voice?: VoiceEntity;

  @Column({ name: 'tts_type', type: 'text' })
  ttsType: string;

  @Column({ name: 'sample_index', type: 'integer' })
  sampleIndex: number;

  @Column({ name: 'sentence_index', type: 'integer' })
  sentenceIndex: number;

  @Column({ name: 'duration_seconds', type: 'double precision' })
  durationSeconds: number;

  @Column({ name: 'object_key', type: 'text' })
  objectKey: string;

  @Column({ type: 'integer' })
  bytes: number;

  /** Hex. */
  @Column({ type: 'text' })
  sha256: string;
}
