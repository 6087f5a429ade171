/** What a partner may use; null: unlimited. */
export interface Quotas {
  readonly maxVoices: number | null;
  readonly maxBytes: number | null;
  readonly maxGpuSecondsPerMonth: number | null;
}

/**
 * SQL that recounts what a partner, $1, uses. Nothing is counted in advance: rows are the only truth, so that a crash cannot
 * leave a wrong number behind.
 */

/** Selects the columns of {@link Quotas}. */
export const quotaColumns = `max_voices AS "maxVoices", max_bytes::float8 AS "maxBytes",
  max_gpu_seconds_per_month AS "maxGpuSecondsPerMonth"`;

export const usedVoices = '(SELECT count(*)::int FROM voices WHERE partner_id = $1)';

/** The start of the current month in UTC. */
export const monthStart = `(date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC')`;

export const usedGpuSeconds = `(SELECT coalesce(sum(seconds), 0) FROM gpu_uses
  WHERE partner_id = $1 AND at >= ${monthStart})`;

const ofPartner = 'voice_id IN (SELECT id FROM voices WHERE partner_id = $1)';

/** The current embeddings that an older process has stored, of which no worker has completed the run yet. */
const ofIncompleteRuns = `SELECT CASE WHEN e.sized_zip_key = e.zip_key THEN coalesce(e.zip_bytes, 0) ELSE 0 END
    + (SELECT coalesce(sum((made->>'bytes')::bigint), 0) FROM jsonb_array_elements(r.sample_embeddings) AS made)
    + (SELECT coalesce(sum(t.bytes), 0) FROM test_samples t WHERE t.voice_id = e.voice_id AND t.tts_type = e.tts_type)
  FROM embeddings e LEFT JOIN embedding_runs r ON r.archive_key = e.zip_key
  WHERE e.${ofPartner} AND e.zip_key IS NOT NULL AND r.test_samples IS NULL`;

/**
 * Bytes of all files that rows name: recordings, originals and their analysis tracks, samples, the embeddings and test
 * samples of all kept runs, speeches, consents, and archives that are being imported. Files that were replaced and are
 * about to be removed do not count.
 */
export const usedBytes = `(SELECT coalesce(sum(bytes), 0)::float8 FROM (
  SELECT CASE WHEN upload_key IS NULL THEN 0 ELSE coalesce(upload_bytes, 0) END
    + CASE WHEN original_key IS NULL THEN 0 ELSE coalesce(original_bytes, 0) END
    + CASE WHEN analysis_key IS NULL THEN 0 ELSE coalesce(analysis_bytes, 0) END AS bytes
  FROM voices WHERE partner_id = $1
  UNION ALL SELECT bytes FROM samples WHERE ${ofPartner}
  UNION ALL SELECT bytes FROM speeches WHERE ${ofPartner} AND object_key IS NOT NULL
  UNION ALL SELECT coalesce((file->>'bytes')::bigint, 0) + coalesce((recording->>'bytes')::bigint, 0)
    FROM consents WHERE ${ofPartner}
  UNION ALL SELECT bytes + coalesce(archive_bytes, 0) FROM embedding_runs
    WHERE ${ofPartner} AND replaced_at IS NULL AND test_samples IS NOT NULL
  UNION ALL ${ofIncompleteRuns}
  UNION ALL SELECT (params->>'bytes')::bigint FROM jobs
    WHERE partner_id = $1 AND kind = 'import' AND state IN ('queued', 'running', 'waiting')
) files)`;
