import { rowsOf, type Database, type StoredConsentRecording, type Transaction } from '#libs/database';

/** A recorded consent that the GPU side can compare with the samples of its voice. */
export interface RecordedConsent extends Omit<StoredConsentRecording, 'bytes'> {
  readonly consentId: string;
}

/** Recordings that one embedding compares, the newest first. Each makes the job on the GPU a little longer. */
const comparedAtATime = 10;

/** Returns the recorded consents that an embedding of the voice compares with its samples. Revoked ones are not. */
export function recordedConsents(database: Database, voiceId: string): Promise<readonly RecordedConsent[]> {
  return database.query<RecordedConsent>(
    `SELECT id AS "consentId", recording->>'objectKey' AS "objectKey", recording->>'sha256' AS sha256,
       (recording->>'durationSeconds')::double precision AS "durationSeconds"
     FROM consents WHERE voice_id = $1 AND recording IS NOT NULL AND revoked_at IS NULL
     ORDER BY created_at DESC, id LIMIT ${comparedAtATime}`,
    [voiceId],
  );
}

/** What an embedding says about a recorded consent. */
interface MeasuredSimilarity {
  readonly consentId: string;
  /** -1 to 1. */
  readonly score: number;
}

/**
 * Stores how much recorded consents sound like the samples of their voice. An id that is none of the voice's consents is
 * ignored. The transaction must hold the voice's row.
 *
 * @param scorer of the engine; figures of two scorers cannot be compared
 */
export async function recordSimilarities(
  tx: Transaction,
  voiceId: string,
  scorer: string,
  similarities: readonly MeasuredSimilarity[],
): Promise<void> {
  if (similarities.length === 0) return;
  await rowsOf(
    tx,
    `UPDATE consents SET similarity = jsonb_build_object('score', measured.score, 'scorer', $4::text, 'measuredAt', now())
     FROM unnest($2::uuid[], $3::double precision[]) AS measured (id, score)
     WHERE consents.id = measured.id AND voice_id = $1 AND recording IS NOT NULL`,
    [voiceId, similarities.map(({ consentId }) => consentId), similarities.map(({ score }) => score), scorer],
  );
}
