import { rowsOf, type Database, type Transaction } from '#libs/database';

/** A voice whose turn may have come. */
export interface Turn {
  readonly recomputeId: string;
  readonly ttsType: string;
  readonly voiceId: string;
  /** Archive key of the run that was current when the recompute was created. */
  readonly run: string;
}

/** How many voices of recomputes are at work, of all recomputes. */
const atWork = '(SELECT count(*) FROM recompute_voices WHERE job_id IS NOT NULL)';

/**
 * Whether a job that somebody has asked for is due to be submitted to the endpoint of the recompute `r`. Then no voice has
 * its turn: it would be locked behind that job for nothing.
 */
const othersWait = `EXISTS (SELECT FROM jobs WHERE jobs.state = 'queued' AND jobs.run_after <= now()
  AND jobs.kind IN ('embed', 'speak') AND NOT jobs.is_background AND jobs.params->>'ttsType' = r.tts_type)`;

/** Whether any recompute has something left to do. */
export async function hasWork(database: Database): Promise<boolean> {
  const rows = await database.query('SELECT 1 FROM recomputes WHERE finished_at IS NULL LIMIT 1');
  return rows.length > 0;
}

/**
 * Finds the voice whose turn is next. The oldest recompute comes first.
 *
 * @param ttsTypes those that this process has an endpoint for
 * @returns null if there is none, if enough voices are at work, or if others wait for the endpoint
 */
export async function findTurn(database: Database, ttsTypes: readonly string[], limit: number): Promise<Turn | null> {
  const [turn] = await database.query<Turn>(
    `SELECT r.id AS "recomputeId", r.tts_type AS "ttsType", next.voice_id AS "voiceId", next.run
     FROM recomputes r
     CROSS JOIN LATERAL (
       SELECT voice_id, run FROM recompute_voices
       WHERE recompute_id = r.id AND job_id IS NULL AND turn_after <= now() ORDER BY turn_after, voice_id LIMIT 1
     ) next
     WHERE r.state = 'running' AND r.tts_type = ANY($1) AND ${atWork} < $2 AND NOT ${othersWait}
     ORDER BY r.created_at, r.id LIMIT 1`,
    [ttsTypes, limit],
  );
  return turn ?? null;
}

/**
 * Lets one transaction after the other take turns, so that together they do not exceed the limit. A transaction that also
 * locks a voice locks it first.
 *
 * Then locks the recompute, before any row of its work list. The erasure of a partner locks them in this order, too.
 */
export async function lockTurns(tx: Transaction, recomputeId: string): Promise<void> {
  await rowsOf(tx, `SELECT pg_advisory_xact_lock(hashtextextended('recompute', 0))`);
  await rowsOf(tx, 'SELECT 1 FROM recomputes WHERE id = $1 FOR UPDATE', [recomputeId]);
}

/** Returns whether a turn is still there. The transaction must hold {@link lockTurns}. */
export async function isTurn(tx: Transaction, { recomputeId, voiceId }: Turn, limit: number): Promise<boolean> {
  const rows = await rowsOf(
    tx,
    `SELECT 1 FROM recompute_voices JOIN recomputes r ON r.id = recompute_id
     WHERE recompute_id = $1 AND voice_id = $2 AND job_id IS NULL AND turn_after <= now() AND r.state = 'running'
       AND ${atWork} < $3`,
    [recomputeId, voiceId, limit],
  );
  return rows.length > 0;
}

/** Returns whether the voice's current run is still the one that the recompute found. */
export async function isSameRun(tx: Transaction, { voiceId, ttsType, run }: Turn): Promise<boolean> {
  const statement = 'SELECT 1 FROM embeddings WHERE voice_id = $1 AND tts_type = $2 AND zip_key = $3';
  return (await rowsOf(tx, statement, [voiceId, ttsType, run])).length > 0;
}

/** Records the job of a voice, in the transaction that starts it. */
export async function recordJob(tx: Transaction, { recomputeId, voiceId }: Turn, jobId: string): Promise<void> {
  const statement = 'UPDATE recompute_voices SET job_id = $3 WHERE recompute_id = $1 AND voice_id = $2';
  await rowsOf(tx, statement, [recomputeId, voiceId, jobId]);
}

/** Puts a voice at the end of the work list. Its next turn comes in a minute at the earliest. */
export async function postponeVoice(tx: Transaction, { recomputeId, voiceId }: Turn): Promise<void> {
  await rowsOf(
    tx,
    `UPDATE recompute_voices SET turn_after = now() + interval '1 minute' WHERE recompute_id = $1 AND voice_id = $2`,
    [recomputeId, voiceId],
  );
}

/** Counts a voice as skipped at its turn. The transaction must hold {@link lockTurns}. */
export async function skipVoice(tx: Transaction, { recomputeId, voiceId }: Turn): Promise<void> {
  await rowsOf(
    tx,
    `WITH skipped AS (DELETE FROM recompute_voices WHERE recompute_id = $1 AND voice_id = $2 RETURNING recompute_id)
     UPDATE recomputes SET skipped = recomputes.skipped + 1 FROM skipped WHERE recomputes.id = skipped.recompute_id`,
    [recomputeId, voiceId],
  );
}

/** How many voices have ended, and how. */
export type EndedVoices = Readonly<Record<'done' | 'failed' | 'skipped', number>>;

/**
 * Counts voices whose jobs have ended, each once: its row is deleted by the statement that counts it. A job that is gone was
 * deleted with its voice.
 *
 * A recompute is locked before its voices, and one that is locked already is left to the next call. So this never waits
 * for a lock, and cannot deadlock with the erasure of a partner.
 */
export async function countEnded(database: Database): Promise<EndedVoices> {
  const rows = await database.query<EndedVoices>(
    `WITH counting AS MATERIALIZED (
       SELECT id FROM recomputes WHERE finished_at IS NULL FOR UPDATE SKIP LOCKED
     ), ended AS (
       SELECT work.recompute_id, work.voice_id, jobs.state
       FROM counting JOIN recompute_voices work ON work.recompute_id = counting.id
         LEFT JOIN jobs ON jobs.id = work.job_id
       WHERE work.job_id IS NOT NULL AND (jobs.id IS NULL OR jobs.state IN ('completed', 'failed'))
       FOR UPDATE OF work SKIP LOCKED
     ), gone AS (
       DELETE FROM recompute_voices work USING ended
       WHERE work.recompute_id = ended.recompute_id AND work.voice_id = ended.voice_id
       RETURNING work.recompute_id, ended.state
     ), counted AS (
       SELECT recompute_id, count(*) FILTER (WHERE state = 'completed')::int AS done,
         count(*) FILTER (WHERE state = 'failed')::int AS failed, count(*) FILTER (WHERE state IS NULL)::int AS skipped
       FROM gone GROUP BY recompute_id
     )
     UPDATE recomputes r
     SET done = r.done + counted.done, failed = r.failed + counted.failed, skipped = r.skipped + counted.skipped
     FROM counted WHERE r.id = counted.recompute_id
     RETURNING counted.done, counted.failed, counted.skipped`,
  );
  const sum = (of: keyof EndedVoices): number => rows.reduce((total, row) => total + row[of], 0);
  return { done: sum('done'), failed: sum('failed'), skipped: sum('skipped') };
}

/** A recompute that has come to its end. */
export interface FinishedRecompute extends EndedVoices {
  readonly id: string;
}

/** Finishes recomputes that have no voice left, unless they are locked. May run twice: the second run finds none. */
export function finishRecomputes(database: Database): Promise<FinishedRecompute[]> {
  return database.query<FinishedRecompute>(
    `WITH finishing AS MATERIALIZED (
       SELECT id FROM recomputes
       WHERE finished_at IS NULL AND NOT EXISTS (SELECT FROM recompute_voices WHERE recompute_id = recomputes.id)
       FOR UPDATE SKIP LOCKED
     )
     UPDATE recomputes r SET finished_at = now(), state = CASE r.state WHEN 'running' THEN 'completed' ELSE r.state END
     FROM finishing WHERE r.id = finishing.id
     RETURNING r.id, r.done, r.failed, r.skipped`,
  );
}

/**
 * Cancels a recompute: its waiting voices are skipped. The transaction must hold {@link lockTurns}.
 *
 * @returns null if there is none that is running
 */
export async function cancelRecompute(
  tx: Transaction,
  id: string,
): Promise<{ readonly partnerId: string | null; readonly skipped: number } | null> {
  const [cancelled] = await rowsOf<{ readonly partnerId: string | null; readonly skipped: number }>(
    tx,
    `WITH waiting AS (
       DELETE FROM recompute_voices USING recomputes r
       WHERE recompute_id = $1 AND job_id IS NULL AND r.id = recompute_id AND r.state = 'running' RETURNING voice_id
     )
     UPDATE recomputes SET state = 'cancelled', skipped = skipped + (SELECT count(*) FROM waiting)
     WHERE id = $1 AND state = 'running'
     RETURNING partner_id AS "partnerId", (SELECT count(*)::int FROM waiting) AS skipped`,
    [id],
  );
  return cancelled ?? null;
}
