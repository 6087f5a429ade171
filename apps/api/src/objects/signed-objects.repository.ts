import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { parseObjectKey } from '#libs/storage';

/** Finds out whether the object of a signed URL may still be used. */
@Injectable()
export class SignedObjectsRepository {
  constructor(private readonly database: Database) {}

  /** Whether the voice of this key exists. The URLs of a deleted voice stop working at once. */
  async isLiving(key: string): Promise<boolean> {
    const parsed = parseObjectKey(key);
    if (parsed === null) return false;
    const rows = await this.database.query('SELECT 1 FROM voices WHERE id = $1', [parsed.voiceId]);
    return rows.length > 0;
  }

  /** Whether an object may be stored under this key. Nothing reads the inbox of a job that has ended. */
  async isAwaited(key: string): Promise<boolean> {
    const parsed = parseObjectKey(key);
    if (parsed?.kind !== 'inbox') return this.isLiving(key);
    const rows = await this.database.query(
      `SELECT 1 FROM jobs WHERE id = $1 AND voice_id = $2 AND state IN ('queued', 'running', 'waiting')`,
      [parsed.jobId, parsed.voiceId],
    );
    return rows.length > 0;
  }
}
