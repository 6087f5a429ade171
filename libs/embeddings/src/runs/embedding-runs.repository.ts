import { Injectable } from '@nestjs/common';
import {
  Database,
  EmbeddingRunEntity,
  type StoredEngine,
  type StoredSampleEmbedding,
  type Transaction,
} from '#libs/database';

/**
 * Selects the embedding of a sample in the current run, if it was made of this very audio. $3 is its index; null: the
 * preferred sample. A run of a release from before runs were kept has no row, and no single files either.
 */
const ofSample = `SELECT s.index IS NOT NULL AS "hasSample", e.zip_key IS NOT NULL AS "hasEmbedding",
    coalesce(jsonb_array_length(r.sample_embeddings), 0) > 0 AS "hasSingleFiles", found.embedding
  FROM voices v
  LEFT JOIN samples s ON s.voice_id = v.id AND s.index = coalesce($3::integer, v.preferred_sample_index)
  LEFT JOIN embeddings e ON e.voice_id = v.id AND e.tts_type = $2
  LEFT JOIN embedding_runs r ON r.archive_key = e.zip_key
  LEFT JOIN LATERAL (
    SELECT made AS embedding FROM jsonb_array_elements(r.sample_embeddings) AS made
    WHERE (made->>'sampleIndex')::integer = s.index AND made->>'sampleSha256' = s.sha256
  ) found ON true
  WHERE v.id = $1`;

/** What {@link EmbeddingRunsRepository.findOfSample} has found. */
export interface FoundEmbedding {
  readonly hasSample: boolean;
  /** Whether the voice has an embedding of the tts type. */
  readonly hasEmbedding: boolean;
  /** Whether its embedding has one file for each sample. */
  readonly hasSingleFiles: boolean;
  /** null if none was made of the sample. */
  readonly embedding: StoredSampleEmbedding | null;
}

/** A kept run, as a list shows it. */
export interface RunSummary {
  readonly id: string;
  readonly ttsType: string;
  /** null for a run of a release that did not keep it. So is the language. */
  readonly engine: StoredEngine | null;
  readonly language: string | null;
  readonly createdAt: Date;
  /** Whether it is the current run of its tts type. */
  readonly isCurrent: boolean;
  /** How many samples it has embedded. */
  readonly sampleCount: number;
  /** null if nothing was scored. */
  readonly bestScore: number | null;
  /** Size of all its files. */
  readonly bytes: number;
}

const runs = `FROM embedding_runs r
  LEFT JOIN embeddings e ON e.voice_id = r.voice_id AND e.tts_type = r.tts_type AND e.zip_key = r.archive_key
  WHERE r.voice_id = $1 AND r.replaced_at IS NULL AND r.test_samples IS NOT NULL`;

/** Contract version 1 names no single embeddings: then all samples count that it was made of. */
const summaries = `SELECT r.id, r.tts_type AS "ttsType", r.engine, r.language, r.created_at AS "createdAt",
    e.id IS NOT NULL AS "isCurrent",
    coalesce(nullif(jsonb_array_length(r.sample_embeddings), 0), jsonb_array_length(r.samples),
      jsonb_array_length(r.scores)) AS "sampleCount",
    (r.scores->0->>'score')::float8 AS "bestScore",
    (r.bytes + coalesce(r.archive_bytes, 0))::float8 AS bytes ${runs} ORDER BY r.created_at DESC, r.id`;

/** Reads embedding runs. */
@Injectable()
export class EmbeddingRunsRepository {
  constructor(private readonly database: Database) {}

  /** Finds a run by its archive, whether it is the current one or was replaced. */
  findByArchive(archiveKey: string): Promise<EmbeddingRunEntity | null> {
    return this.database.run((manager) => manager.findOneBy(EmbeddingRunEntity, { archiveKey }));
  }

  /** Returns the kept runs of a voice, of all tts types, the newest first. */
  list(voiceId: string): Promise<RunSummary[]> {
    return this.database.query<RunSummary>(summaries, [voiceId]);
  }

  /** Finds a kept run by its id. */
  find(voiceId: string, runId: string): Promise<EmbeddingRunEntity | null> {
    return this.database.run((manager) => findKeptRun(manager, voiceId, runId));
  }

  /**
   * Finds the embedding of one sample in the current run of a tts type.
   *
   * @param sampleIndex null: the preferred sample
   * @returns null if there is no such voice
   */
  async findOfSample(voiceId: string, ttsType: string, sampleIndex: number | null): Promise<FoundEmbedding | null> {
    const [found] = await this.database.query<FoundEmbedding>(ofSample, [voiceId, ttsType, sampleIndex]);
    return found ?? null;
  }
}

/** Finds a kept run by its id. */
export async function findKeptRun(tx: Transaction, voiceId: string, runId: string): Promise<EmbeddingRunEntity | null> {
  const run = await tx.findOneBy(EmbeddingRunEntity, { id: runId, voiceId });
  return run?.replacedAt === null && run.testSamples !== null ? run : null;
}
