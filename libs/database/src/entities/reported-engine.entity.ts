import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { StoredEngine } from './embedding-run.entity.js';

/** The engine that the endpoint of a tts type last reported for a language. Engines may have a model for each language. */
@Entity('reported_engines')
export class ReportedEngineEntity {
  @PrimaryColumn({ name: 'tts_type', type: 'text', primaryKeyConstraintName: 'reported_engines_pkey' })
  ttsType: string;

  /** BCP 47. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'reported_engines_pkey' })
  language: string;

  @Column({ type: 'jsonb' })
  engine: StoredEngine;

  /** When it was first reported after another one. */
  @Column({ name: 'reported_at', type: 'timestamptz', default: () => 'now()' })
  reportedAt: Date;
}
