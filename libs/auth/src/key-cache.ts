import type { KeyRecord } from '#libs/partners';

const maxAgeMs = 30_000;
const maxKeys = 10_000;

/** Keeps keys for up to 30 s. Its user must remove a key that is revoked. */
export class KeyCache {
  private readonly kept = new Map<string, { readonly record: KeyRecord; readonly until: number }>();
  /** Incremented by every removal, so that a read that started before it is not cached. */
  private version = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  get(id: string): KeyRecord | null {
    const found = this.kept.get(id);
    return found !== undefined && found.until > this.now() ? found.record : null;
  }

  /** Take this before a read and pass it to `keep`. */
  get mark(): number {
    return this.version;
  }

  /** Caches a record, unless something was removed since `mark`. */
  keep(record: KeyRecord, mark: number): void {
    if (mark !== this.version) return;
    if (this.kept.size >= maxKeys) this.kept.clear();
    this.kept.set(record.id, { record, until: this.now() + maxAgeMs });
  }

  remove(id: string): void {
    this.version += 1;
    this.kept.delete(id);
  }

  clear(): void {
    this.version += 1;
    this.kept.clear();
  }
}
