import { Injectable } from '@nestjs/common';
import { Database, type AuditEntryEntity } from '#libs/database';

/** A recorded change. */
export type AuditEntry = Readonly<AuditEntryEntity>;

export interface AuditPage {
  /** Only changes to this partner's voices and keys, by its name at the time. */
  readonly partner: string | null;
  /** Only entries older than the one with this id. */
  readonly before: string | null;
  readonly limit: number;
}

/** Reads the audit log and deletes its old entries. */
@Injectable()
export class AuditLogRepository {
  constructor(private readonly database: Database) {}

  /** Returns entries, newest first. */
  list({ partner, before, limit }: AuditPage): Promise<AuditEntry[]> {
    return this.database.query<AuditEntry>(
      `SELECT id, at, actor, key_id AS "keyId", request_id AS "requestId", action, partner_id AS "partnerId", partner,
         voice_id AS "voiceId", voice, details
       FROM audit_log
       WHERE ($1::text IS NULL OR partner = $1) AND ($2::bigint IS NULL OR id < $2)
       ORDER BY id DESC LIMIT $3`,
      [partner, before, limit],
    );
  }

  /** Deletes older entries. May run twice: the second run deletes nothing. */
  async forgetOlderThan(days: number): Promise<void> {
    await this.database.query(`DELETE FROM audit_log WHERE at < now() - make_interval(days => $1)`, [days]);
  }
}
