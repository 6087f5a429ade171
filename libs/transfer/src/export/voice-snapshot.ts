import type {
  ConsentMethod,
  ProcessingStatus,
  RunFailure,
  RunSample,
  RunTestSample,
  StoredConsentFile,
  StoredConsentRecording,
  StoredEngine,
  StoredMissingAudio,
  StoredSampleEmbedding,
  StoredScore,
  StoredWarning,
  UpdateStatus,
} from '#libs/database';
import type { QualityFigures } from '#libs/audio';

/** A sample as an export reads it. */
interface SampleRow {
  readonly index: number;
  readonly sourceStartSeconds: number | null;
  readonly durationSeconds: number;
  readonly quality: QualityFigures | null;
  readonly objectKey: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The current run of a tts type. */
export interface RunRow {
  readonly archiveKey: string;
  readonly createdAt: string;
  readonly engine: StoredEngine | null;
  readonly language: string | null;
  readonly testSentences: readonly string[];
  readonly samples: readonly RunSample[] | null;
  readonly failedSamples: readonly RunFailure[];
  readonly scores: readonly StoredScore[];
  /** By sample index; empty if the archive is an object. */
  readonly sampleEmbeddings: readonly StoredSampleEmbedding[];
  readonly testSamples: readonly RunTestSample[];
}

export interface EmbeddingRow {
  readonly ttsType: string;
  readonly lastUpdateStatus: UpdateStatus;
  readonly lastUpdateTime: string;
  readonly stale: boolean;
  /** Whether the details show the scores and test samples of the run. */
  readonly showsResults: boolean;
  readonly run: RunRow | null;
}

export interface ConsentRow {
  readonly createdAt: string;
  readonly revokedAt: string | null;
  readonly statement: string;
  readonly language: string;
  readonly grantedBy: string;
  readonly method: ConsentMethod;
  readonly textVersion: string | null;
  readonly similarity: { readonly score: number; readonly scorer: string; readonly measuredAt: string } | null;
  readonly file: StoredConsentFile | null;
  readonly recording: StoredConsentRecording | null;
}

/** A voice with everything that is exported, as one statement reads it. Times are texts as `voice.json` has them. */
export interface VoiceSnapshot {
  readonly name: string;
  readonly language: string;
  readonly labels: readonly string[];
  readonly description: string | null;
  readonly creatorName: string | null;
  readonly creatorEmail: string | null;
  readonly createdAt: string;
  readonly splittingStatus: ProcessingStatus;
  readonly embeddingStatus: ProcessingStatus;
  readonly splittingError: string | null;
  readonly embeddingError: string | null;
  readonly warnings: readonly StoredWarning[];
  readonly embeddingType: string;
  readonly preferredSampleIndex: number | null;
  readonly preferredBy: 'person' | 'score' | null;
  readonly nextSampleIndex: number;
  readonly originalUploadedName: string | null;
  readonly originalDurationSeconds: number | null;
  readonly originalRemovedAt: string | null;
  readonly originalMissing: readonly StoredMissingAudio[];
  readonly originalKey: string | null;
  /** By index. */
  readonly samples: readonly SampleRow[];
  /** By tts type. */
  readonly embeddings: readonly EmbeddingRow[];
  readonly consents: readonly ConsentRow[];
}

/** In UTC and whole seconds. */
const time = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

const samples = `SELECT json_agg(json_build_object('index', s.index, 'sourceStartSeconds', s.source_start_seconds,
    'durationSeconds', s.duration_seconds, 'quality', s.quality, 'objectKey', s.object_key, 'bytes', s.bytes,
    'sha256', s.sha256) ORDER BY s.index)
  FROM samples s WHERE s.voice_id = v.id`;

const testSamples = `coalesce((SELECT json_agg(json_build_object('sampleIndex', t.sample_index,
    'sentenceIndex', t.sentence_index, 'durationSeconds', t.duration_seconds, 'objectKey', t.object_key,
    'bytes', t.bytes, 'sha256', t.sha256) ORDER BY t.sample_index, t.sentence_index)
  FROM test_samples t WHERE t.voice_id = e.voice_id AND t.tts_type = e.tts_type), '[]'::json)`;

/**
 * A run that an older process has stored since runs were completed lacks its scores and test samples. It may lack its row,
 * too. What clients see of it is the same.
 */
const run = `CASE WHEN e.zip_key IS NOT NULL THEN json_build_object('archiveKey', e.zip_key,
    'createdAt', ${time('coalesce(r.created_at, e.last_update_time)')}, 'engine', r.engine, 'language', r.language,
    'testSentences', coalesce(r.test_sentences, '[]'), 'samples', r.samples,
    'failedSamples', coalesce(r.failed_samples, '[]'),
    'scores', CASE WHEN r.test_samples IS NULL THEN e.scores ELSE r.scores END,
    'sampleEmbeddings', coalesce(r.sample_embeddings, '[]'),
    'testSamples', coalesce(r.test_samples::json, shown.tests)) END`;

const embeddings = `SELECT json_agg(json_build_object('ttsType', e.tts_type, 'lastUpdateStatus', e.last_update_status,
    'lastUpdateTime', ${time('e.last_update_time')}, 'stale', e.stale,
    'showsResults', e.scores <> '[]' OR json_array_length(shown.tests) > 0, 'run', ${run}) ORDER BY e.tts_type COLLATE "C")
  FROM embeddings e LEFT JOIN embedding_runs r ON r.archive_key = e.zip_key, LATERAL (SELECT ${testSamples} AS tests) shown
  WHERE e.voice_id = v.id`;

const similarity = `c.similarity || jsonb_build_object('measuredAt', ${time(`(c.similarity->>'measuredAt')::timestamptz`)})`;

const consents = `SELECT json_agg(json_build_object('createdAt', ${time('c.created_at')},
    'revokedAt', ${time('c.revoked_at')}, 'statement', c.statement, 'language', c.language, 'grantedBy', c.granted_by,
    'method', c.method, 'textVersion', c.text_version, 'similarity', ${similarity}, 'file', c.file,
    'recording', c.recording))
  FROM consents c WHERE c.voice_id = v.id`;

/** Selects the {@link VoiceSnapshot} of the voice $1. One statement sees one moment, whatever commits meanwhile. */
export const snapshotStatement = `SELECT v.name, v.language, v.labels, v.description, v.creator_name AS "creatorName",
    v.creator_email AS "creatorEmail", ${time('v.created_at')} AS "createdAt",
    v.splitting_status AS "splittingStatus", v.embedding_status AS "embeddingStatus",
    v.splitting_error AS "splittingError", v.embedding_error AS "embeddingError", v.warnings,
    v.embedding_type AS "embeddingType", v.preferred_sample_index AS "preferredSampleIndex",
    v.preferred_by AS "preferredBy", v.next_sample_index AS "nextSampleIndex",
    v.original_uploaded_name AS "originalUploadedName", v.original_duration_seconds AS "originalDurationSeconds",
    ${time('v.original_removed_at')} AS "originalRemovedAt", v.original_missing AS "originalMissing",
    v.original_key AS "originalKey", coalesce((${samples}), '[]') AS samples,
    coalesce((${embeddings}), '[]') AS embeddings, coalesce((${consents}), '[]') AS consents
  FROM voices v WHERE v.id = $1`;
