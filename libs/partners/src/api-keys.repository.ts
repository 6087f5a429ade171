import { Injectable } from '@nestjs/common';
import { ApiKeyEntity, Database, rowsOf, type KeyScope, type Transaction } from '#libs/database';
import type { MintedKey } from './api-key.js';

/** What authentication needs of a key. */
export interface KeyRecord {
  readonly id: string;
  readonly partnerId: string;
  readonly partnerName: string;
  /** What the key is for. */
  readonly name: string;
  readonly sha256: Buffer;
  readonly scopes: readonly KeyScope[];
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** All scopes, which a key has unless it was restricted. */
export const keyScopes = ['read', 'write'] as const satisfies readonly KeyScope[];

/** What a person says about a new key. */
export interface KeyLabel {
  readonly name: string;
  /** Default: all. */
  readonly scopes?: readonly KeyScope[] | undefined;
  readonly expiresAt: Date | null;
}

/** The channel on which Postgres notifies every API process of the id of a revoked key. */
export const revokedChannel = 'timbre_key_revoked';

/** The table `api_keys`. */
@Injectable()
export class ApiKeysRepository {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<KeyRecord | null> {
    const [row] = await this.database.query<KeyRecord>(
      `SELECT k.id, k.partner_id AS "partnerId", p.name AS "partnerName", k.name, k.sha256, k.scopes,
         k.expires_at AS "expiresAt", k.revoked_at AS "revokedAt"
       FROM api_keys k JOIN partners p ON p.id = k.partner_id WHERE k.id = $1`,
      [id],
    );
    return row ?? null;
  }

  /** Returns those of the ids that belong to keys. */
  async existing(ids: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>('SELECT id FROM api_keys WHERE id = ANY($1)', [ids]);
    return rows.map(({ id }) => id);
  }

  /** Returns those of the ids that belong to valid keys. */
  async valid(ids: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT id FROM api_keys WHERE id = ANY($1) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
      [ids],
    );
    return rows.map(({ id }) => id);
  }

  /** Returns all keys of a partner, oldest first, revoked ones included. */
  listOf(partnerId: string): Promise<ApiKeyEntity[]> {
    return this.database.run((manager) =>
      manager.find(ApiKeyEntity, { where: { partnerId }, order: { createdAt: 'ASC', id: 'ASC' } }),
    );
  }

  /** Stores a key. @returns when it was created */
  async insert(tx: Transaction, partnerId: string, { id, sha256, prefix }: MintedKey, label: KeyLabel): Promise<Date> {
    const { name, scopes = keyScopes, expiresAt } = label;
    await tx.insert(ApiKeyEntity, { id, partnerId, sha256, prefix, name, scopes: [...scopes], expiresAt });
    return (await tx.findOneByOrFail(ApiKeyEntity, { id })).createdAt;
  }

  /**
   * Revokes a key and notifies every API process when the transaction commits. A second call changes nothing.
   *
   * @returns the id of its partner; null if there is no such key
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

  /** Revokes all keys of a partner and notifies every API process when the transaction commits. */
  async revokeAllOf(tx: Transaction, partnerId: string): Promise<void> {
    await rowsOf(
      tx,
      `WITH revoked AS (
         UPDATE api_keys SET revoked_at = now() WHERE partner_id = $1 AND revoked_at IS NULL RETURNING id
       ) SELECT pg_notify('${revokedChannel}', id) FROM revoked`,
      [partnerId],
    );
  }

  /** Records that a key was used, at most once a minute. */
  async touch(id: string): Promise<void> {
    await this.database.query(
      `UPDATE api_keys SET last_used_at = now()
       WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
      [id],
    );
  }
}
