import { timingSafeEqual } from 'node:crypto';
import { AppError } from '#libs/errors';
import { hashKey, keyIdOf } from './api-key-format.js';
import type { ApiKeysRepository, KeyRecord } from './api-keys.repository.js';
import { KeyCache } from './key-cache.js';
import { RevocationListener } from './revocation-listener.js';

/** Who makes a request. */
export type Caller =
  | { readonly kind: 'admin'; readonly keyId: 'admin' }
  | {
      readonly kind: 'partner';
      readonly keyId: string;
      readonly partnerId: string;
      readonly partnerName: string;
    };

export interface AuthenticatorOptions {
  readonly databaseUrl: string;
  /** The operator's own admin key; without it nobody is admin. */
  readonly adminApiKey: string | undefined;
}

const touchEveryMs = 60_000;
const nobody = Buffer.alloc(32);

/** Tells who a key belongs to. Caches only while revocations are heard. */
export class Authenticator {
  private readonly cache = new KeyCache();
  private readonly touched = new Map<string, number>();
  private readonly listener: RevocationListener;
  private readonly adminHash: Buffer | null;

  constructor(
    private readonly keys: ApiKeysRepository,
    options: AuthenticatorOptions,
  ) {
    this.adminHash = options.adminApiKey === undefined ? null : hashKey(options.adminApiKey);
    this.listener = new RevocationListener({
      databaseUrl: options.databaseUrl,
      onRevoked: (id) => this.cache.forget(id),
      onDeaf: () => this.cache.forgetAll(),
    });
  }

  onApplicationBootstrap(): void {
    this.listener.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.listener.stop();
  }

  /**
   * @param key as the client sent it
   * @throws AppError `invalid_api_key`: missing, unknown, revoked and expired keys get one answer
   */
  async authenticate(key: string | undefined): Promise<Caller> {
    const hash = hashKey(key ?? '');
    if (this.adminHash !== null && timingSafeEqual(hash, this.adminHash)) return { kind: 'admin', keyId: 'admin' };
    const id = keyIdOf(key ?? '');
    const record = id === null ? null : await this.read(id);
    const matches = timingSafeEqual(hash, record?.sha256 ?? nobody);
    if (record === null || !matches || !isGood(record)) throw AppError.of('invalid_api_key');
    this.touch(record.id);
    return {
      kind: 'partner',
      keyId: record.id,
      partnerId: record.partnerId,
      partnerName: record.partnerName,
    };
  }

  private async read(id: string): Promise<KeyRecord | null> {
    const cached = this.cache.get(id);
    if (cached !== null) return cached;
    // Only what was read while revocations were heard, and ever since (going deaf moves the mark).
    const mark = this.listener.hearing ? this.cache.mark : null;
    const record = await this.keys.find(id);
    if (record !== null && mark !== null) this.cache.keep(record, mark);
    return record;
  }

  private touch(id: string): void {
    const now = performance.now();
    if (now - (this.touched.get(id) ?? -touchEveryMs) < touchEveryMs) return;
    if (this.touched.size > 10_000) this.touched.clear();
    this.touched.set(id, now);
    void this.keys.touch(id).catch(() => undefined); // a note for people; never worth failing a request
  }
}

function isGood(record: KeyRecord): boolean {
  return record.revokedAt === null && (record.expiresAt === null || record.expiresAt.getTime() > Date.now());
}
