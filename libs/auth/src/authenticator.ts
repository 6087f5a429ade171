import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '#libs/config';
import { DatabaseClock, Notifications, type KeyScope } from '#libs/database';
import { AppError } from '#libs/errors';
import { LOGGER, type Logger } from '#libs/logging';
import { ApiKeysRepository, hashKey, keyIdOf, revokedChannel, type KeyRecord } from '#libs/partners';
import { KeyCache } from './key-cache.js';
import { KeyLookups } from './key-lookups.js';

/** The owner of the key that a request carries. */
export type Caller =
  | { readonly kind: 'admin'; readonly keyId: string }
  | {
      readonly kind: 'partner';
      readonly keyId: string;
      readonly partnerId: string;
      readonly partnerName: string;
      /** What the key is for. */
      readonly keyName: string;
      readonly scopes: readonly KeyScope[];
      readonly expiresAt: Date | null;
    };

const touchEveryMs = 60_000;
/** Compared with keys that do not exist, so that these take as long to reject as wrong ones. */
const noHash = Buffer.alloc(32);

/** Finds the owner of a key. Caches keys only while it receives notifications of revoked ones. */
@Injectable()
export class Authenticator {
  private readonly cache = new KeyCache();
  private readonly lookups: KeyLookups;
  private readonly touched = new Map<string, number>();
  private readonly adminHashes: readonly Buffer[];

  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly clock: DatabaseClock,
    private readonly notifications: Notifications,
    @Inject(CONFIG) config: Pick<Config, 'adminApiKeys'>,
    @Inject(LOGGER) logger: Pick<Logger, 'warn'>,
  ) {
    this.lookups = new KeyLookups((ids) => keys.existing(ids));
    this.adminHashes = config.adminApiKeys.map((key) => hashKey(key));
    notifications.listen(revokedChannel, {
      onMessage: (id) => this.cache.remove(id),
      onDeaf: () => this.cache.clear(),
      onTrouble: (reason) =>
        logger.warn({ err: reason }, 'key revocations not received, every request reads its key from Postgres'),
    });
  }

  /**
   * Returns the owner of a key. A cached key needs neither Postgres nor Redis.
   *
   * @param key as the client sent it
   * @param isFlooding whether the client has sent so many invalid keys that its keys are looked up in batches; called
   *   only for a key that is not cached
   * @throws AppError `invalid_api_key` for missing, unknown, revoked and expired keys alike
   */
  async authenticate(key: string | undefined, isFlooding = (): boolean => false): Promise<Caller> {
    const hash = hashKey(key ?? '');
    const admin = this.adminHashes.find((known) => timingSafeEqual(hash, known));
    if (admin !== undefined) return { kind: 'admin', keyId: adminKeyId(admin) };
    const id = keyIdOf(key ?? '');
    const cached = id === null ? null : this.cache.get(id);
    const caller = this.callerWith(hash, cached);
    if (caller !== null) return caller;
    const isUnread = id !== null && cached === null;
    const mayExist = isUnread && (!isFlooding() || (await this.lookups.exists(id)));
    const found = mayExist ? this.callerWith(hash, await this.read(id)) : null;
    if (found === null) throw AppError.of('invalid_api_key');
    return found;
  }

  /** Returns which of these keys of partners are still valid. Reads Postgres. */
  async validOf(keyIds: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(await this.keys.valid(keyIds));
  }

  /** Returns the partner of a record if the key matches it and is valid. */
  private callerWith(hash: Buffer, record: KeyRecord | null): Caller | null {
    const matches = timingSafeEqual(hash, record?.sha256 ?? noHash);
    if (record === null || !matches || !isValid(record, this.clock.now())) return null;
    this.touch(record.id);
    const { id: keyId, name: keyName, partnerId, partnerName, scopes, expiresAt } = record;
    return { kind: 'partner', keyId, keyName, partnerId, partnerName, scopes, expiresAt };
  }

  private async read(id: string): Promise<KeyRecord | null> {
    // Cached only if notifications arrived during the whole read: an interruption moves the mark.
    const mark = this.notifications.hearing ? this.cache.mark : null;
    const record = await this.keys.find(id);
    if (record !== null && mark !== null) this.cache.keep(record, mark);
    return record;
  }

  private touch(id: string): void {
    const now = performance.now();
    if (now - (this.touched.get(id) ?? -touchEveryMs) < touchEveryMs) return;
    if (this.touched.size > 10_000) this.touched.clear();
    this.touched.set(id, now);
    void this.keys.touch(id).catch(() => undefined); // informative only, so a failure must not fail the request
  }
}

/** Identifies an admin key in logs, limits and the audit log. 32 bits of the hash of a long random key reveal nothing of it. */
const adminKeyId = (hash: Buffer): string => `admin-${hash.toString('hex').slice(0, 8)}`;

function isValid({ revokedAt, expiresAt }: KeyRecord, nowMs: number): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt.getTime() > nowMs);
}
