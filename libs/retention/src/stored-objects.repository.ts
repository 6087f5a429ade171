import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, settingOnce } from '#libs/database';
import { generationPrefix, inboxPrefix, voicePrefix } from '#libs/storage';

/** The objects of a voice that are still needed. */
export interface NeededObjects {
  readonly keys: ReadonlySet<string>;
  /** Folders that an active job or the GPU side may still write to. */
  readonly prefixes: readonly string[];
}

interface ActiveJob {
  readonly id: string;
  /** 0 until a worker has claimed the job. */
  readonly generation: number;
  readonly submittedGeneration: number | null;
}

/** An object to delete, or all objects with a prefix. */
export interface Removal {
  readonly id: string;
  readonly target: string;
  /** Attempts so far, including this one. */
  readonly tries: number;
}

/** Delay of a retry in seconds. It doubles with each attempt, up to the longest. */
const firstRetrySeconds = 10;
const longestRetrySeconds = 300;

const dueForTry = 'due_at <= now() AND (retry_at IS NULL OR retry_at <= now())';

/** The table `object_removals`, and the objects that other tables name. */
@Injectable()
export class StoredObjectsRepository {
  constructor(private readonly database: Database) {}

  /** Returns the id of this database. A copy of the database has the same id. */
  databaseId(): Promise<string> {
    return settingOnce(this.database, 'database_id', randomUUID);
  }

  /** Returns all objects of a voice that rows name, including replaced ones that may still be read. */
  async needed(voiceId: string): Promise<NeededObjects> {
    const keys = await this.database.query<{ key: string }>(
      `SELECT unnest(ARRAY[upload_key, original_key, analysis_key]) AS key FROM voices WHERE id = $1::uuid
       UNION ALL SELECT object_key FROM samples WHERE voice_id = $1::uuid
       UNION ALL SELECT object_key FROM test_samples WHERE voice_id = $1::uuid
       UNION ALL SELECT unnest(ARRAY[object_key, embedding->>'objectKey']) FROM speeches WHERE voice_id = $1::uuid
       UNION ALL SELECT unnest(ARRAY[file->>'objectKey', recording->>'objectKey']) FROM consents WHERE voice_id = $1::uuid
       UNION ALL SELECT zip_key FROM embeddings WHERE voice_id = $1::uuid
       UNION ALL SELECT archive_key FROM embedding_runs WHERE voice_id = $1::uuid AND replaced_at IS NULL
       UNION ALL SELECT made->>'objectKey'
         FROM embedding_runs, jsonb_array_elements(sample_embeddings || coalesce(test_samples, '[]')) AS made
         WHERE voice_id = $1::uuid AND replaced_at IS NULL
       UNION ALL SELECT params->>'archiveKey' FROM jobs
         WHERE voice_id = $1::uuid AND kind = 'import' AND state IN ('queued', 'running', 'waiting')
       UNION ALL SELECT target FROM object_removals
         WHERE due_at > now() AND starts_with(target, $2)`,
      [voiceId, voicePrefix(voiceId)],
    );
    const jobs = await this.database.query<ActiveJob>(
      `SELECT id, generation, submitted_generation AS "submittedGeneration" FROM jobs
       WHERE voice_id = $1 AND state IN ('queued', 'running', 'waiting')`,
      [voiceId],
    );
    return {
      keys: new Set(keys.map((row) => row.key)),
      prefixes: jobs.flatMap((job) => foldersOf(voiceId, job)),
    };
  }

  /** Whether any removal is due for an attempt. */
  async hasDueRemovals(): Promise<boolean> {
    const rows = await this.database.query(`SELECT 1 FROM object_removals WHERE ${dueForTry} LIMIT 1`);
    return rows.length > 0;
  }

  /**
   * Takes removals that are due for an attempt, and schedules their retry. Removals without an attempt come first, so that
   * stuck ones delay no other, then the oldest.
   */
  takeRemovals(limit: number): Promise<Removal[]> {
    return this.database.query(
      `WITH due AS (
         SELECT id FROM object_removals WHERE ${dueForTry} ORDER BY tries, due_at LIMIT $1 FOR UPDATE SKIP LOCKED
       )
       UPDATE object_removals SET tries = tries + 1,
         retry_at = now() + least($2::int * 2 ^ least(tries, 10), $3::int) * interval '1 second'
       FROM due WHERE object_removals.id = due.id RETURNING object_removals.id, target, tries`,
      [limit, firstRetrySeconds, longestRetrySeconds],
    );
  }

  /** Deletes removals whose objects are gone. */
  async complete(ids: readonly string[]): Promise<void> {
    await this.database.query('DELETE FROM object_removals WHERE id = ANY($1::bigint[])', [ids]);
  }
}

/** Returns the folders that a job's worker and the GPU side may still write to. */
function foldersOf(voiceId: string, { id: jobId, generation, submittedGeneration }: ActiveJob): string[] {
  return [
    ...(generation === 0 ? [] : [generationPrefix({ voiceId, jobId, generation })]),
    ...(submittedGeneration === null ? [] : [inboxPrefix({ voiceId, jobId, generation: submittedGeneration })]),
  ];
}
