import { Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import { Database, type PartnerEntity, type Transaction } from '#libs/database';
import { AppError } from '#libs/errors';
import { deletePartnerVoices } from '#libs/voices';
import { ApiKeysRepository } from './api-keys.repository.js';
import { PartnersRepository, type PartnerChange } from './partners.repository.js';

/** Voices that one transaction deletes: more would exceed the time limit of a statement. */
const voicesAtATime = 200;

/** What the name of a partner looks like. A CHECK constraint has the same. */
export const partnerNameFormat = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** Partners, as operators manage them. */
@Injectable()
export class PartnersService {
  constructor(
    private readonly database: Database,
    private readonly partners: PartnersRepository,
    private readonly keys: ApiKeysRepository,
  ) {}

  /** Returns all partners, ordered by name. */
  list(): Promise<PartnerEntity[]> {
    return this.partners.list();
  }

  /** @throws AppError `partner_not_found` */
  async find(name: string): Promise<PartnerEntity> {
    const found = partnerNameFormat.test(name) ? await this.partners.find(name) : null;
    if (found === null) throw AppError.of('partner_not_found');
    return found;
  }

  /**
   * Returns the id of the partner with this name, which is created if there is none.
   *
   * @throws AppError `invalid_parameter` for a malformed name
   */
  async ensure(tx: Transaction, name: string): Promise<string> {
    if (partnerNameFormat.test(name)) return this.partners.ensure(tx, name);
    const rule = 'partner must be 1 to 63 characters a-z, 0-9, _ and -, the first a letter or a digit';
    throw AppError.field('partner', rule);
  }

  /**
   * Changes quotas of a partner, and how long its originals are kept.
   *
   * @param change what is undefined stays
   * @throws AppError `partner_not_found`
   */
  async change(name: string, change: PartnerChange): Promise<PartnerEntity> {
    const { id } = await this.find(name);
    return this.database.transaction(async (tx) => {
      const changed = await this.partners.change(tx, id, change);
      if (changed === null) throw AppError.of('partner_not_found');
      await recordChange(tx, { action: 'partner.change', partnerId: id, details: detailsOf(change) });
      return changed;
    });
  }

  /**
   * Erases a partner: keys, voices, jobs and stored objects, locked voices included. Running GPU jobs are cancelled.
   *
   * The first transaction revokes all keys. Voices are deleted in several transactions. After a failure, the next call
   * continues where this one ended.
   *
   * @throws AppError `partner_not_found`
   */
  async erase(name: string): Promise<void> {
    const { id } = await this.find(name);
    let erased = 0;
    for (let isErased = false; !isErased;) {
      isErased = await this.database.transaction(async (tx) => {
        if (!(await this.partners.lock(tx, id))) {
          // A concurrent erasure has finished. It counts as ours only if we have deleted a part of the partner.
          if (erased === 0) throw AppError.of('partner_not_found');
          return true;
        }
        await this.keys.revokeAllOf(tx, id);
        const voices = await deletePartnerVoices(tx, id, voicesAtATime);
        erased += voices;
        if (voices === voicesAtATime) return false;
        await recordChange(tx, { action: 'partner.delete', partnerId: id, details: { voices: erased } });
        await this.partners.delete(tx, id);
        return true;
      });
    }
  }
}

/** Returns what changes, as the API names it. */
function detailsOf(change: PartnerChange): Record<string, number | null> {
  const named = {
    max_voices: change.maxVoices,
    max_bytes: change.maxBytes,
    max_gpu_seconds_per_month: change.maxGpuSecondsPerMonth,
    keep_originals_days: change.keepOriginalsDays,
  };
  return Object.fromEntries(Object.entries(named).flatMap(([key, to]) => (to === undefined ? [] : [[key, to]])));
}
