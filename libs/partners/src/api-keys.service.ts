import { Injectable } from '@nestjs/common';
import { recordChange } from '#libs/audit';
import { Database, type ApiKeyEntity, type KeyScope } from '#libs/database';
import { AppError } from '#libs/errors';
import { isKeyId, mintKey } from './api-key.js';
import { ApiKeysRepository, keyScopes, type KeyLabel } from './api-keys.repository.js';
import { PartnersService } from './partners.service.js';

/** A new key, with the text that is shown only once. */
export interface CreatedKey extends Omit<KeyLabel, 'scopes'> {
  readonly id: string;
  readonly partner: string;
  readonly key: string;
  readonly scopes: readonly KeyScope[];
  readonly createdAt: Date;
}

/** API keys, as operators manage them. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly partners: PartnersService,
    private readonly keys: ApiKeysRepository,
  ) {}

  /**
   * Creates a key. The first key of a partner also creates the partner.
   *
   * @throws AppError `invalid_parameter` for a malformed partner name
   */
  async create(partner: string, { name, scopes = keyScopes, expiresAt }: KeyLabel): Promise<CreatedKey> {
    const minted = mintKey();
    const createdAt = await this.database.transaction(async (tx) => {
      const partnerId = await this.partners.ensure(tx, partner);
      const createdAt = await this.keys.insert(tx, partnerId, minted, { name, scopes, expiresAt });
      const details = { key: minted.id, name, scopes: scopes.join(' ') };
      await recordChange(tx, { action: 'key.create', partnerId, details });
      return createdAt;
    });
    return { id: minted.id, partner, name, key: minted.key, scopes, createdAt, expiresAt };
  }

  /** @throws AppError `partner_not_found` */
  async list(partner: string): Promise<ApiKeyEntity[]> {
    return this.keys.listOf((await this.partners.find(partner)).id);
  }

  /** Revokes a key. Every API process rejects it within a second. @throws AppError `key_not_found` */
  async revoke(id: string): Promise<void> {
    if (!isKeyId(id)) throw AppError.of('key_not_found');
    await this.database.transaction(async (tx) => {
      const partnerId = await this.keys.revoke(tx, id);
      if (partnerId === null) throw AppError.of('key_not_found');
      await recordChange(tx, { action: 'key.revoke', partnerId, details: { key: id } });
    });
  }
}
