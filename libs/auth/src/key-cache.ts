import type { KeyRecord } from './api-keys.repository.js';

const longestMs = 30_000;
const mostKeys = 10_000;

/** Keys read lately, for at most 30 s. Whoever uses it makes sure that revocations are heard meanwhile. */
export class KeyCache {
  private readonly kept = new Map<string, { readonly record: KeyRecord; readonly until: number }>();
  /** Raised by every forgetting, so that a read that began before it is not kept. */
  private version = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  get(id: string): KeyRecord | null {
    const found = this.kept.get(id);
    return found !== undefined && found.until > this.now() ? found.record : null;
  }

  /** Remember this before reading, and hand it to `keep`. */
  get mark(): number {
    return this.version;
  }

  /** Keeps a record, unless something was forgotten since `mark`. */
  keep(record: KeyRecord, mark: number): void {
    if (mark !== this.version) return;
    if (this.kept.size >= mostKeys) this.kept.clear();
    this.kept.set(record.id, { record, until: this.now() + longestMs });
  }

  forget(id: string): void {
    this.version += 1;
    this.kept.delete(id);
  }

  forgetAll(): void {
    this.version += 1;
    this.kept.clear();
  }
}
