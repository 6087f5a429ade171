import { randomUUID } from 'node:crypto';
import { settingOnce, type Database } from '#libs/database';

/** What is still needed of a voice's objects. */
export interface NeededObjects {
  readonly keys: ReadonlySet<string>;
  /** Folders a job at work is writing to, or the GPU side may yet. */
  readonly prefixes: readonly string[];
}

/** Bytes that must go: an object's key, or the prefix of many. */
export interface Removal {
  readonly id: string;
  readonly target: string;
}

/** Which stored objects rows name. */
export class StoredObjectsRepository {
  constructor(private readonly database: Database) {}

  /** Tells this database from every other; a copy of it has the same. */
  databaseId(): Promise<string> {
    return settingOnce(this.database, 'database_id', randomUUID);
  }

  /** Everything rows name of a voice, what was replaced and may still be read included. */
  async needed(voiceId: string): Promise<NeededObjects> {
    const keys = await this.database.query<{ key: string }>(
      `SELECT unnest(ARRAY[upload_key, original_key]) AS key FROM voices WHERE id = $1::uuid
       UNION ALL SELECT object_key FROM samples WHERE voice_id = $1::uuid
       UNION ALL SELECT object_key FROM test_samples WHERE voice_id = $1::uuid
       UNION ALL SELECT zip_key FROM embeddings WHERE voice_id = $1::uuid
       UNION ALL SELECT target FROM object_removals
         WHERE due_at > now() AND starts_with(target, 'voices/' || $1::text || '/')`,
      [voiceId],
    );
    const jobs = await this.database.query<{ id: string; generation: number; submittedGeneration: number | null }>(
      `SELECT id, generation, submitted_generation AS "submittedGeneration" FROM jobs
       WHERE voice_id = $1 AND state IN ('queued', 'running', 'waiting')`,
      [voiceId],
    );
    return {
      keys: new Set(keys.map((row) => row.key)),
      prefixes: jobs.flatMap((job) => [
        `voices/${voiceId}/jobs/${job.id}/${job.generation}/`,
        ...(job.submittedGeneration === null ? [] : [`voices/${voiceId}/inbox/${job.id}/${job.submittedGeneration}/`]),
      ]),
    };
  }

  /** Removals that are due, oldest first. */
  dueRemovals(limit: number): Promise<Removal[]> {
    return this.database.query(
      'SELECT id, target FROM object_removals WHERE due_at <= now() ORDER BY due_at LIMIT $1',
      [limit],
    );
  }

  /** These are gone. */
  async strike(ids: readonly string[]): Promise<void> {
    await this.database.query('DELETE FROM object_removals WHERE id = ANY($1::bigint[])', [ids]);
  }

  /** Uploads whose first split failed and that were kept long enough: they become removals. */
  async giveUpUploads(): Promise<void> {
    await this.database.query(
      `WITH given_up AS (
         SELECT id, upload_key FROM voices
         WHERE upload_kept_until < now() AND splitting_status = 'failed' AND upload_key IS NOT NULL
         FOR UPDATE SKIP LOCKED
       ), forgotten AS (
         UPDATE voices SET upload_key = NULL, upload_kept_until = NULL, original_filename = NULL,
           original_uploaded_name = NULL, original_duration_seconds = NULL, updated_at = now()
         FROM given_up WHERE voices.id = given_up.id
       )
       INSERT INTO object_removals (target, due_at) SELECT upload_key, now() FROM given_up`,
    );
  }

  /** GPU jobs nobody wants any more. */
  cancellations(
    limit: number,
  ): Promise<
    { readonly id: string; readonly runpodEndpoint: string; readonly runpodJobId: string; readonly old: boolean }[]
  > {
    return this.database.query(
      `SELECT id, runpod_endpoint AS "runpodEndpoint", runpod_job_id AS "runpodJobId",
         created_at < now() - interval '1 day' AS old
       FROM gpu_cancellations ORDER BY id LIMIT $1`,
      [limit],
    );
  }

  async strikeCancellation(id: string): Promise<void> {
    await this.database.query('DELETE FROM gpu_cancellations WHERE id = $1', [id]);
  }
}
