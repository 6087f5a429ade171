import { Injectable } from '@nestjs/common';
import { Database, EmbeddingRunEntity, type StoredSampleEmbedding } from '#libs/database';

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

/** Reads embedding runs. */
@Injectable()
export class EmbeddingRunsRepository {
  constructor(private readonly database: Database) {}

  /** Finds a run by its archive, whether it is the current one or was replaced. */
  findByArchive(archiveKey: string): Promise<EmbeddingRunEntity | null> {
    return this.database.run((manager) => manager.findOneBy(EmbeddingRunEntity, { archiveKey }));
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
