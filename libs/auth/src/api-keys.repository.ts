import { ApiKeyEntity, PartnerEntity, rowsOf, type Database, type Transaction } from '#libs/database';

/** What a check of a key needs. */
export interface KeyRecord {
  readonly id: string;
  readonly partnerId: string;
  readonly partnerName: string;
  readonly sha256: Buffer;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Channel on which the id of a revoked key is told to every API process. */
export const revokedChannel = 'timbre_key_revoked';

/** Keys and partners in Postgres. */
export class ApiKeysRepository {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<KeyRecord | null> {
    const [row] = await this.database.query<KeyRecord>(
      `SELECT k.id, k.partner_id AS "partnerId", p.name AS "partnerName", k.sha256, k.expires_at AS "expiresAt",
         k.revoked_at AS "revokedAt"
       FROM api_keys k JOIN partners p ON p.id = k.partner_id WHERE k.id = $1`,
      [id],
    );
    return row ?? null;
  }

  /** The partner of this name, made if there is none. */
  async partnerNamed(tx: Transaction, name: string): Promise<PartnerEntity> {
    await tx.createQueryBuilder().insert().into(PartnerEntity).values({ name }).orIgnore().execute();
    return tx.findOneByOrFail(PartnerEntity, { name });
  }

  findPartner(name: string): Promise<PartnerEntity | null> {
    return this.database.run((manager) => manager.findOneBy(PartnerEntity, { name }));
  }

  listPartners(): Promise<PartnerEntity[]> {
    return this.database.run((manager) => manager.find(PartnerEntity, { order: { name: 'ASC' } }));
  }

  listKeys(partnerId: string): Promise<ApiKeyEntity[]> {
    return this.database.run((manager) =>
      manager.find(ApiKeyEntity, { where: { partnerId }, order: { createdAt: 'ASC', id: 'ASC' } }),
    );
  }

  /**
   * Revokes a key and tells every API process once this is committed. A second time changes nothing.
   *
   * @returns whose key it is; null when there is no such key
   */
  async revoke(tx: Transaction, id: string): Promise<string | null> {
    const [row] = await rowsOf<{ partnerId: string }>(
      tx,
      `WITH revoked AS (
         UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING id, partner_id
       ) SELECT partner_id AS "partnerId", pg_notify('${revokedChannel}', id) FROM revoked`,
      [id],
    );
    return row?.partnerId ?? null;
  }

  /** Revokes all keys of a partner and tells every API process once this is committed. */
  async revokeAll(tx: Transaction, partnerId: string): Promise<void> {
    await rowsOf(
      tx,
      `WITH revoked AS (
         UPDATE api_keys SET revoked_at = now() WHERE partner_id = $1 AND revoked_at IS NULL RETURNING id
       ) SELECT pg_notify('${revokedChannel}', id) FROM revoked`,
      [partnerId],
    );
  }

  /** Holds a partner's row: voices that are being made are waited for, and no more can be. false when it is gone. */
  async lockPartner(tx: Transaction, partnerId: string): Promise<boolean> {
    const held = await tx.findOne(PartnerEntity, { where: { id: partnerId }, lock: { mode: 'pessimistic_write' } });
    return held !== null;
  }

  /** Locks some of a partner's voices, in an order that two erasures share. @returns their ids */
  async lockVoices(tx: Transaction, partnerId: string, limit: number): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(
      tx,
      'SELECT id FROM voices WHERE partner_id = $1 ORDER BY id LIMIT $2 FOR UPDATE',
      [partnerId, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Notes that a key was used, at most once a minute. */
  async touch(id: string): Promise<void> {
    await this.database.query(
      `UPDATE api_keys SET last_used_at = now()
       WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
      [id],
    );
  }
}
