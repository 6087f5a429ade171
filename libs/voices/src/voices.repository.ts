import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import type { AudioColumns, EmbeddedVoice, ListedVoice, VoiceRef, VoiceRow, VoiceSummary } from './voice-details.js';
import { voiceInUrl } from './voice-in-url.js';
import { pageStatement, summaryColumns, type VoicePage, type VoiceSearch } from './voice-search.js';

const detailColumns = `SELECT v.id, v.partner_id AS "partnerId", v.name, v.original_filename AS "originalFilename",
    v.original_uploaded_name AS "originalUploadedName", v.original_duration_seconds AS "originalDurationSeconds",
    v.original_removed_at AS "originalRemovedAt", v.original_missing AS "originalMissing",
    v.splitting_status AS "splittingStatus", v.embedding_status AS "embeddingStatus",
    v.splitting_error AS "splittingError", v.embedding_error AS "embeddingError", v.warnings,
    v.language, v.labels, v.description, v.embedding_type AS "embeddingType", v.preferred_sample_index AS "preferredSampleIndex",
    v.creator_name AS "creatorName", v.creator_email AS "creatorEmail",
    v.created_at AS "createdAt", v.updated_at AS "updatedAt",
    e.last_update_status AS "lastUpdateStatus", e.last_update_time AS "lastUpdateTime", e.zip_key AS "zipKey",
    e.scores, e.stale, r.id AS "runId", r.engine AS "runEngine", r.language AS "runLanguage",
    r.test_sentences AS "runTestSentences",
    (SELECT n.engine FROM reported_engines n WHERE n.tts_type = e.tts_type ORDER BY n.reported_at DESC LIMIT 1)
      AS "reportedEngine",
    (SELECT n.engine FROM reported_engines n WHERE n.tts_type = e.tts_type AND n.language = r.language)
      AS "reportedForLanguage",
    CASE WHEN 'in_progress' IN (v.splitting_status, v.embedding_status) THEN
      (SELECT j.progress FROM jobs j
       WHERE j.voice_id = v.id AND j.kind <> 'speak' AND j.state IN ('queued', 'running', 'waiting')
       ORDER BY j.kind DESC LIMIT 1) END AS progress,
    coalesce((SELECT json_agg(json_build_object('index', s.index, 'sourceStartSeconds', s.source_start_seconds,
        'durationSeconds', s.duration_seconds, 'quality', s.quality) ORDER BY s.index)
      FROM samples s WHERE s.voice_id = v.id), '[]') AS samples,
    coalesce((SELECT json_agg(json_build_object('sampleIndex', t.sample_index, 'sentenceIndex', t.sentence_index)
        ORDER BY t.sample_index, t.sentence_index)
      FROM test_samples t WHERE t.voice_id = v.id AND t.tts_type = v.embedding_type), '[]') AS "testSamples"`;

const audioColumns = `v.original_key AS "originalKey",
    coalesce((SELECT json_agg(json_build_array(s.index, s.object_key)) FROM samples s WHERE s.voice_id = v.id), '[]')
      AS "sampleKeys",
    coalesce((SELECT json_agg(json_build_array(t.sample_index, t.sentence_index, t.object_key))
      FROM test_samples t WHERE t.voice_id = v.id AND t.tts_type = v.embedding_type), '[]') AS "testSampleKeys"`;

const voicesWithEmbedding = `FROM voices v LEFT JOIN embeddings e ON e.voice_id = v.id AND e.tts_type = v.embedding_type
    LEFT JOIN embedding_runs r ON r.archive_key = e.zip_key`;

/** Selects a `VoiceRow`. The condition that picks the voice is appended. */
const details = `${detailColumns} ${voicesWithEmbedding}`;

/** Selects a `VoiceRow` with its `AudioColumns`. */
const audible = `${detailColumns}, ${audioColumns} ${voicesWithEmbedding}`;

/** A voice, and where its original is stored. */
export interface VoiceWithOriginal extends VoiceRef {
  /** null if there is none. */
  readonly originalKey: string | null;
  /** null if an older process has stored it, and it is not measured yet. */
  readonly originalBytes: number | null;
}

/** Reads voices, each time with one short statement. */
@Injectable()
export class VoicesRepository {
  constructor(private readonly database: Database) {}

  /** Finds a partner's voice by its exact name or its id. */
  find(partnerId: string, nameOrId: string): Promise<VoiceRef | null> {
    const reference = 'SELECT v.id, v.partner_id AS "partnerId", v.name FROM voices v';
    return this.readNamed<VoiceRef>('voice reference', reference, partnerId, nameOrId);
  }

  /** Reads a voice for its details. */
  async row(voiceId: string): Promise<VoiceRow | null> {
    const [row] = await this.database.read<VoiceRow>('voice by id', `${details} WHERE v.id = $1`, [voiceId]);
    return row ?? null;
  }

  /** Reads a partner's voice for its details, by its exact name or its id. */
  rowNamed(partnerId: string, nameOrId: string): Promise<VoiceRow | null> {
    return this.readNamed<VoiceRow>('voice', details, partnerId, nameOrId);
  }

  /** As {@link rowNamed}, with the keys of the voice's audio. */
  audibleRowNamed(partnerId: string, nameOrId: string): Promise<(VoiceRow & AudioColumns) | null> {
    return this.readNamed<VoiceRow & AudioColumns>('voice with audio', audible, partnerId, nameOrId);
  }

  /** Finds a partner's voice by its exact name or its id, with its original. */
  findWithOriginal(partnerId: string, nameOrId: string): Promise<VoiceWithOriginal | null> {
    const columns = `SELECT v.id, v.partner_id AS "partnerId", v.name, v.original_key AS "originalKey",
      v.original_bytes::float8 AS "originalBytes" FROM voices v`;
    return this.readNamed<VoiceWithOriginal>('original', columns, partnerId, nameOrId);
  }

  /** Reads a page of the partner's voices that a search finds. */
  page(partnerId: string, search: VoiceSearch, page: VoicePage): Promise<ListedVoice[]> {
    const { sql, values } = pageStatement(partnerId, search, page);
    return this.database.query<ListedVoice>(sql, values);
  }

  /** Reads a page of the partner's voices that have an embedding of their tts type, ordered by name. */
  embedded(partnerId: string, { after, limit }: VoicePage): Promise<EmbeddedVoice[]> {
    return this.database.query<EmbeddedVoice>(
      `SELECT v.id, v.name, v.created_at AS "createdAt", v.language, v.labels, v.embedding_type AS "ttsType",
         v.name AS place
       FROM voices v JOIN embeddings e ON e.voice_id = v.id AND e.tts_type = v.embedding_type
       WHERE v.partner_id = $1 AND v.name > $2 AND e.zip_key IS NOT NULL ORDER BY v.name LIMIT $3`,
      [partnerId, after ?? '', limit],
    );
  }

  /** Reads those of the voices that exist, in no particular order. */
  summaries(voiceIds: readonly string[]): Promise<VoiceSummary[]> {
    return this.database.query<VoiceSummary>(`SELECT ${summaryColumns} FROM voices v WHERE v.id = ANY($1)`, [voiceIds]);
  }

  private async readNamed<T>(what: string, select: string, partnerId: string, nameOrId: string): Promise<T | null> {
    const condition = voiceInUrl(nameOrId);
    if (condition === null) return null;
    const statement = `${select} WHERE ${condition.sql}`;
    const [found] = await this.database.read<T>(`${what} by ${condition.by}`, statement, [partnerId, nameOrId]);
    return found ?? null;
  }
}
