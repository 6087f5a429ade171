import { timingSafeEqual } from 'node:crypto';
import { AppError } from '#libs/errors';
import { hashKey, keyIdOf } from './api-key-format.js';
import type { ApiKeysRepository, KeyRecord } from './api-keys.repository.js';
import { KeyCache } from './key-cache.js';
import { RevocationListener } from './revocation-listener.js';

/** Who makes a request. */
export type Caller =
  | { readonly kind: 'admin'; readonly keyId: string }
  | {
      readonly kind: 'partner';
      readonly keyId: string;
      readonly partnerId: string;
      readonly partnerName: string;
    };

export interface AuthenticatorOptions {
  readonly databaseUrl: string;
  /** The operator's own admin keys, all of them good; without one nobody is admin. */
  readonly adminApiKeys: readonly string[];
}

const touchEveryMs = 60_000;
const nobody = Buffer.alloc(32);

/** Tells who a key belongs to. Caches only while revocations are heard. */
export class Authenticator {
  private readonly cache = new KeyCache();
  private readonly touched = new Map<string, number>();
  private readonly listener: RevocationListener;
  private readonly adminHashes: readonly Buffer[];

  constructor(
    private readonly keys: ApiKeysRepository,
    options: AuthenticatorOptions,
  ) {
    this.adminHashes = options.adminApiKeys.map((key) => hashKey(key));
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
   * @returns at once where nobody has to be asked, as for most requests: no promise is made for them
   * @throws (as a promise that rejects) AppError `invalid_api_key`: missing, unknown, revoked and expired keys get one
   *   answer
   */
  authenticate(key: string | undefined): Caller | Promise<Caller> {
    const hash = hashKey(key ?? '');
    const admin = this.adminHashes.find((known) => timingSafeEqual(hash, known));
    if (admin !== undefined) return { kind: 'admin', keyId: adminKeyId(admin) };
    const id = keyIdOf(key ?? '');
    const cached = id === null ? null : this.cache.get(id);
    return this.callerWith(hash, cached) ?? this.ask(hash, cached === null ? id : null);
  }

  /** @param id null: there is nothing to ask for */
  private async ask(hash: Buffer, id: string | null): Promise<Caller> {
    const caller = id === null ? null : this.callerWith(hash, await this.read(id));
    if (caller === null) throw AppError.of('invalid_api_key');
    return caller;
  }

  /** The partner's caller whom a record names, if the key fits it and is good. */
  private callerWith(hash: Buffer, record: KeyRecord | null): Caller | null {
    const fits = timingSafeEqual(hash, record?.sha256 ?? nobody);
    if (record === null || !fits || !isGood(record)) return null;
    this.touch(record.id);
    return { kind: 'partner', keyId: record.id, partnerId: record.partnerId, partnerName: record.partnerName };
  }

  private async read(id: string): Promise<KeyRecord | null> {
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

/** Tells admin keys apart in logs, limits and the audit log: 32 bits of the hash of a long random key give none of it away. */
const adminKeyId = (hash: Buffer): string => `admin-${hash.toString('hex').slice(0, 8)}`;

function isGood(record: KeyRecord): boolean {
  return record.revokedAt === null && (record.expiresAt === null || record.expiresAt.getTime() > Date.now());
}
