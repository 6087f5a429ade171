import { Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import { ApiKeyEntity, Database, GpuCancellationEntity, PartnerEntity, rowsOf, type Transaction } from '#libs/database';
import { AppError } from '#libs/errors';
import { eraseVoiceObjects } from '#libs/storage';
import { mintKey } from './api-key-format.js';
import { ApiKeysRepository } from './api-keys.repository.js';

/** A key just made: the only time its text is shown. */
export interface CreatedKey {
  readonly id: string;
  readonly partner: string;
  readonly name: string;
  readonly key: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

/** Voices that are erased in one transaction. */
const erasedAtATime = 200;

const partnerName = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** Partners and their keys, as operators manage them. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeysRepository,
  ) {}

  /**
   * Makes a key; the partner is made with its first one.
   *
   * @throws AppError `invalid_parameter` for a partner's name that breaks the rule
   */
  async create(partner: string, key: { readonly name: string; readonly expiresAt: Date | null }): Promise<CreatedKey> {
    if (!partnerName.test(partner)) {
      throw AppError.field(
        'partner',
        'partner must be 1 to 63 characters a-z, 0-9, _ and -, the first a letter or a digit',
      );
    }
    const minted = mintKey();
    const createdAt = await this.database.transaction(async (tx) => {
      const owner = await this.keys.partnerNamed(tx, partner);
      await tx.insert(ApiKeyEntity, {
        id: minted.id,
        partnerId: owner.id,
        name: key.name,
        sha256: minted.sha256,
        prefix: minted.prefix,
        expiresAt: key.expiresAt,
      });
      const details = { key: minted.id, name: key.name };
      await recordChange(tx, { action: 'key.create', partnerId: owner.id, details });
      return (await tx.findOneByOrFail(ApiKeyEntity, { id: minted.id })).createdAt;
    });
    return { id: minted.id, partner, name: key.name, key: minted.key, createdAt, expiresAt: key.expiresAt };
  }

  listPartners(): Promise<PartnerEntity[]> {
    return this.keys.listPartners();
  }

  /** @throws AppError `partner_not_found` */
  async partner(name: string): Promise<PartnerEntity> {
    const found = partnerName.test(name) ? await this.keys.findPartner(name) : null;
    if (found === null) throw AppError.of('partner_not_found');
    return found;
  }

  /** @throws AppError `partner_not_found` */
  async list(partner: string): Promise<ApiKeyEntity[]> {
    return this.keys.listKeys((await this.partner(partner)).id);
  }

  /** Revokes a key: every API process refuses it within a second. @throws AppError `key_not_found` */
  async revoke(id: string): Promise<void> {
    if (!/^[a-z2-7]{16}$/.test(id)) throw AppError.of('key_not_found');
    await this.database.transaction(async (tx) => {
      const partnerId = await this.keys.revoke(tx, id);
      if (partnerId === null) throw AppError.of('key_not_found');
      await recordChange(tx, { action: 'key.revoke', partnerId, details: { key: id } });
    });
  }

  /**
   * Erases a partner: keys, voices, jobs and bytes, locked voices included; GPU jobs under way are cancelled.
   *
   * Its keys are refused from the first transaction on. Voices go some at a time, so that a partner with very many does
   * not meet the time limit of a statement; after a failure the next call goes on where this one ended.
   *
   * @throws AppError `partner_not_found`
   */
  async removePartner(name: string): Promise<void> {
    const partner = await this.partner(name);
    let erased = 0;
    for (let isGone = false; !isGone;) {
      isGone = await this.database.transaction(async (tx) => {
        // Gone by another erasure: this one has nothing left to do, unless it had not even begun.
        if (!(await this.keys.lockPartner(tx, partner.id))) {
          if (erased === 0) throw AppError.of('partner_not_found');
          return true;
        }
        await this.keys.revokeAll(tx, partner.id);
        const voices = await this.keys.lockVoices(tx, partner.id, erasedAtATime);
        await this.eraseVoices(tx, voices);
        erased += voices.length;
        if (voices.length === erasedAtATime) return false;
        const details = { voices: erased };
        await recordChange(tx, { action: 'partner.delete', partnerId: partner.id, details });
        await tx.delete(PartnerEntity, { id: partner.id });
        return true;
      });
    }
  }

  private async eraseVoices(tx: Transaction, voiceIds: readonly string[]): Promise<void> {
    const onGpu = await rowsOf<{ runpodEndpoint: string; runpodJobId: string }>(
      tx,
      `SELECT runpod_endpoint AS "runpodEndpoint", runpod_job_id AS "runpodJobId" FROM jobs
       WHERE voice_id = ANY($1) AND state IN ('running', 'waiting') AND runpod_job_id IS NOT NULL`,
      [voiceIds],
    );
    if (onGpu.length > 0) await tx.insert(GpuCancellationEntity, onGpu);
    await eraseVoiceObjects(tx, voiceIds);
    await rowsOf(tx, 'DELETE FROM voices WHERE id = ANY($1)', [voiceIds]);
  }
}
