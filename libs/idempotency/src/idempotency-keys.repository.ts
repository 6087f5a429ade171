import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { breaksConstraint, Database, rowsOf, type ChangeSubject, type Transaction } from '#libs/database';
import { AppError } from '#libs/errors';

/** Which key is meant. */
export interface KeyRef {
  /** The partner whose key it is; null for the keys of operators. */
  readonly partnerId: string | null;
  readonly keySha256: Buffer;
}

/** A key that this process owns. */
export interface Claim {
  readonly id: string;
  readonly claim: string;
}

/** A key that a request was sent with. */
export interface HeldKey {
  readonly fingerprint: Buffer;
  readonly answered: boolean;
  /** null while there is none, and after the voice or the partner that it was about was deleted. */
  readonly sealed: Buffer | null;
}

/** A process that is alive renews its lease long before it expires. */
const leaseSeconds = 6;
export const renewEveryMs = 2_000;

/** How long an answer is kept. */
const keepHours = 24;

const scopeOf = ({ partnerId }: KeyRef): string => partnerId ?? 'admin';

/** The tables `idempotency_keys` and `idempotency_answers`. */
@Injectable()
export class IdempotencyKeysRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes a key for a request. A key whose lease or answer has expired is free.
   *
   * @returns null if another request has it
   * @throws AppError `partner_not_found` (erased meanwhile)
   */
  async claim(key: KeyRef, fingerprint: Buffer): Promise<Claim | null> {
    try {
      const [taken] = await this.database.query<Claim>(
        `INSERT INTO idempotency_keys AS held (id, scope, key_sha256, partner_id, fingerprint, claim, held_until)
         VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp() + make_interval(secs => ${leaseSeconds}))
         ON CONFLICT (scope, key_sha256) DO UPDATE
           SET fingerprint = excluded.fingerprint, claim = excluded.claim, held_until = excluded.held_until,
             answered = false
           WHERE held.held_until < clock_timestamp()
         RETURNING id, claim`,
        [randomUUID(), scopeOf(key), key.keySha256, key.partnerId, fingerprint, randomUUID()],
      );
      return taken ?? null;
    } catch (error) {
      if (breaksConstraint(error, 'idempotency_keys_partner_id_fkey')) throw AppError.of('partner_not_found');
      throw error;
    }
  }

  /** Returns null if nobody has the key: it was released, or has expired. */
  async find(key: KeyRef): Promise<HeldKey | null> {
    const [held] = await this.database.query<HeldKey>(
      `SELECT k.fingerprint, k.answered, a.sealed
       FROM idempotency_keys k LEFT JOIN idempotency_answers a ON a.id = k.id AND k.answered
       WHERE k.scope = $1 AND k.key_sha256 = $2 AND k.held_until >= clock_timestamp()`,
      [scopeOf(key), key.keySha256],
    );
    return held ?? null;
  }

  /** Extends the lease of a request that is still being processed. */
  async renew({ id, claim }: Claim): Promise<void> {
    await this.database.query(
      `UPDATE idempotency_keys SET held_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
       WHERE id = $1 AND claim = $2 AND NOT answered`,
      [id, claim],
    );
  }

  /** Gives a key back, so that the next request with it is processed. */
  async release({ id, claim }: Claim): Promise<void> {
    const statement = 'DELETE FROM idempotency_keys WHERE id = $1 AND claim = $2 AND NOT answered';
    await this.database.query(statement, [id, claim]);
  }

  /**
   * Stores the answer of a request. It is deleted with the voice or the partner that it is about, and not stored if that
   * is deleted already.
   *
   * @returns false if another request owns the key by now; nothing was written then
   */
  async keep(tx: Transaction, { id, claim }: Claim, sealed: Buffer, about: ChangeSubject | null): Promise<boolean> {
    const voiceId = about?.voiceId ?? null;
    // A voice is deleted with its partner. To lock the partner as well could deadlock with its erasure.
    const partnerId = voiceId === null ? (about?.partnerId ?? null) : null;
    const owned = await rowsOf(
      tx,
      `WITH owned AS (
         UPDATE idempotency_keys SET answered = true, held_until = now() + make_interval(hours => ${keepHours})
         WHERE id = $1 AND claim = $2 AND NOT answered RETURNING id
       ), kept AS (
         INSERT INTO idempotency_answers (id, partner_id, voice_id, sealed)
         SELECT id, $3::uuid, $4::uuid, $5 FROM owned
         WHERE ($3::uuid IS NULL OR EXISTS (SELECT FROM partners WHERE id = $3::uuid))
           AND ($4::uuid IS NULL OR EXISTS (SELECT FROM voices WHERE id = $4::uuid))
         ON CONFLICT (id) DO UPDATE
           SET partner_id = excluded.partner_id, voice_id = excluded.voice_id, sealed = excluded.sealed
       )
       SELECT id FROM owned`,
      [id, claim, partnerId, voiceId, sealed],
    );
    return owned.length > 0;
  }
}

/** Deletes keys that have expired, with their answers. May run twice: the second run deletes nothing. */
export async function forgetExpiredKeys(database: Database): Promise<void> {
  await database.query('DELETE FROM idempotency_keys WHERE held_until < now()');
}
