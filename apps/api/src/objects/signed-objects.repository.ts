import type { Database } from '#libs/database';
import { parseObjectKey } from '#libs/storage';

/** Whose object a key names. */
export class SignedObjectsRepository {
  constructor(private readonly database: Database) {}

  /** Does the voice of this key still exist? The URLs of a deleted voice stop at once. */
  async isLiving(key: string): Promise<boolean> {
    const parsed = parseObjectKey(key);
    if (parsed === null) return false;
    const rows = await this.database.query('SELECT 1 FROM voices WHERE id = $1', [parsed.voiceId]);
    return rows.length > 0;
  }
}
