import type { Database } from '#libs/database';
import type { VoiceRow, VoiceSummary } from './voice-details.js';
import { isVoiceName } from './voice-name.js';

/** Which voice a request is about. */
export interface VoiceRef {
  readonly id: string;
  readonly partnerId: string;
  readonly name: string;
}

/** Everything details need, without the condition that picks the voice. */
const details = `SELECT v.id, v.name, v.original_filename AS "originalFilename",
    v.original_uploaded_name AS "originalUploadedName", v.original_duration_seconds AS "originalDurationSeconds",
    v.splitting_status AS "splittingStatus", v.embedding_status AS "embeddingStatus",
    v.splitting_error AS "splittingError", v.embedding_error AS "embeddingError", v.warnings,
    v.embedding_type AS "embeddingType", v.preferred_sample_index AS "preferredSampleIndex",
    v.creator_name AS "creatorName", v.creator_email AS "creatorEmail",
    v.created_at AS "createdAt", v.updated_at AS "updatedAt",
    e.last_update_status AS "lastUpdateStatus", e.last_update_time AS "lastUpdateTime", e.zip_key AS "zipKey",
    e.scores, e.stale,
    CASE WHEN 'in_progress' IN (v.splitting_status, v.embedding_status) THEN
      (SELECT j.progress FROM jobs j
       WHERE j.voice_id = v.id AND j.state IN ('queued', 'running', 'waiting')
       ORDER BY j.kind DESC LIMIT 1) END AS progress,
    coalesce((SELECT json_agg(json_build_object('index', s.index, 'start', s.source_start_seconds,
        'duration', s.duration_seconds) ORDER BY s.index)
      FROM samples s WHERE s.voice_id = v.id), '[]') AS samples,
    coalesce((SELECT json_agg(json_build_object('sample', t.sample_index, 'sentence', t.sentence_index)
        ORDER BY t.sample_index, t.sentence_index)
      FROM test_samples t WHERE t.voice_id = v.id AND t.tts_type = v.embedding_type), '[]') AS "testSamples"
  FROM voices v LEFT JOIN embeddings e ON e.voice_id = v.id AND e.tts_type = v.embedding_type`;

/** Reads of voices, each one short statement. */
export class VoicesRepository {
  constructor(private readonly database: Database) {}

  /** A partner's voice by name, compared exactly. */
  async find(partnerId: string, name: string): Promise<VoiceRef | null> {
    if (!isVoiceName(name)) return null;
    const statement = 'SELECT id, partner_id AS "partnerId", name FROM voices WHERE partner_id = $1 AND name = $2';
    const [found] = await this.database.read<VoiceRef>('voice reference', statement, [partnerId, name]);
    return found ?? null;
  }

  async row(voiceId: string): Promise<VoiceRow | null> {
    const [row] = await this.database.read<VoiceRow>('voice by id', `${details} WHERE v.id = $1`, [voiceId]);
    return row ?? null;
  }

  /** The same for a voice by its name, compared exactly. */
  async rowNamed(partnerId: string, name: string): Promise<VoiceRow | null> {
    if (!isVoiceName(name)) return null;
    const statement = `${details} WHERE v.partner_id = $1 AND v.name = $2`;
    const [row] = await this.database.read<VoiceRow>('voice by name', statement, [partnerId, name]);
    return row ?? null;
  }

  /** A page of a partner's voices by name, after one of them. */
  page(partnerId: string, after: string | null, limit: number): Promise<VoiceSummary[]> {
    return this.database.query<VoiceSummary>(
      `SELECT name, (upload_key IS NOT NULL OR original_key IS NOT NULL) AS has_original, sample_count,
         splitting_status, embedding_status, creator_name, creator_email
       FROM voices WHERE partner_id = $1 AND name > $2 ORDER BY name LIMIT $3`,
      [partnerId, after ?? '', limit],
    );
  }
}
