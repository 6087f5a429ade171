import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';
import { bigNumber } from './big-number.js';
import type { StoredScore } from './embedding.entity.js';
import { VoiceEntity } from './voice.entity.js';

/** The engine of an embedding run, as its handler has named it. */
export interface StoredEngine {
  readonly name: string;
  readonly version: string;
  /** null: contract version 1, which names no model. */
  readonly model: string | null;
  readonly revision: string | null;
  /** Scores of two scorers cannot be compared. */
  readonly scorer: string;
}

/** The embedding of one sample: an object as the engine made it. */
export interface StoredSampleEmbedding {
  readonly sampleIndex: number;
  /** Of the sample that it was made of, hex. A re-split gives the index to other audio. */
  readonly sampleSha256: string;
  /** null if the sample was not scored. */
  readonly score: number | null;
  /** How much of the sample the engine used. */
  readonly secondsUsed: number;
  readonly objectKey: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** CRC-32 as ZIP archives need it (PKWARE APPNOTE 4.4.7). */
  readonly crc32: number;
}

/** The fingerprint of a sample that a run was made of. A re-split gives the index to other audio. */
export interface RunSample {
  readonly sampleIndex: number;
  /** Hex. */
  readonly sha256: string;
}

/** A sample that a run lacks. */
export interface RunFailure {
  readonly sampleIndex: number;
  /** Why, as the embedding service says it. */
  readonly message: string;
}

/** A test sample of a run. Its audio is durable in storage. */
export interface RunTestSample {
  readonly sampleIndex: number;
  readonly sentenceIndex: number;
  readonly durationSeconds: number;
  readonly objectKey: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/**
 * A successful embedding run with everything that it has made. `embeddings.zip_key` of its voice and tts type names the
 * current one by its archive key; `embeddings.scores` and the rows of `test_samples` repeat what clients see of it.
 *
 * A run is kept until `replaced_at` is set. Then its files are about to be removed, and its row stays for the URLs of its
 * archive that are still valid.
 */
@Entity('embedding_runs')
@Unique('embedding_runs_archive_key_unique', ['archiveKey'])
@Index('embedding_runs_voice_id_idx', ['voiceId', 'ttsType'])
export class EmbeddingRunEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'embedding_runs_pkey' })
  id: string;

  @Column({ name: 'voice_id', type: 'uuid' })
  voiceId: string;

  @ManyToOne(() => VoiceEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'voice_id', foreignKeyConstraintName: 'embedding_runs_voice_id_fkey' })
  voice?: VoiceEntity;

  @Column({ name: 'tts_type', type: 'text' })
  ttsType: string;

  /** Contract version 1: the stored ZIP. Version 2: no object; the archive is made of the sample embeddings on download. */
  @Column({ name: 'archive_key', type: 'text' })
  archiveKey: string;

  /** null for runs from before it was kept. */
  @Column({ type: 'jsonb', nullable: true })
  engine: StoredEngine | null;

  /** What the test sentences are spoken in (BCP 47); null for runs from before it was kept. */
  @Column({ type: 'text', nullable: true })
  language: string | null;

  /** The first one has the sentence index 1. */
  @Column({ name: 'test_sentences', type: 'jsonb', default: [] })
  testSentences: string[];

  /** By sample index; empty for contract version 1. */
  @Column({ name: 'sample_embeddings', type: 'jsonb', default: [] })
  sampleEmbeddings: StoredSampleEmbedding[];

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  /** What it was made of, by index; null if that was not recorded. */
  @Column({ type: 'jsonb', nullable: true })
  samples: RunSample[] | null;

  /** Best first. */
  @Column({ type: 'jsonb', default: [] })
  scores: StoredScore[];

  @Column({ name: 'failed_samples', type: 'jsonb', default: [] })
  failedSamples: RunFailure[];

  /** By sample, then by sentence; null until a run that an older process has stored is completed (`completeRuns`). */
  @Column({ name: 'test_samples', type: 'jsonb', nullable: true })
  testSamples: RunTestSample[] | null;

  /** Size of the archive; 0 if it is made while it is sent, null if an older process has stored it unmeasured. */
  @Column({ name: 'archive_bytes', type: 'bigint', nullable: true, transformer: bigNumber })
  archiveBytes: number | null;

  /** Size of all its other files. */
  @Column({ type: 'bigint', default: 0, transformer: bigNumber })
  bytes: number;

  /** When it last became the current one; null for runs of older processes, which show each run when they create it. */
  @Column({ name: 'shown_at', type: 'timestamptz', nullable: true })
  shownAt: Date | null;

  /** When it stopped being kept. */
  @Column({ name: 'replaced_at', type: 'timestamptz', nullable: true })
  replacedAt: Date | null;
}
