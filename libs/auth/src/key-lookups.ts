import { setTimeout as sleep } from 'node:timers/promises';

/** Ids that one query looks up. */
interface Batch {
  readonly ids: Set<string>;
  readonly existing: Promise<ReadonlySet<string>>;
}

/**
 * Looks up whether keys exist, with one query per second for all of them.
 *
 * While a client floods, its invented keys cost no query each. A valid key from the same address is delayed by up to a
 * second.
 */
export class KeyLookups {
  private next: Batch | undefined;
  private lastAt = -Infinity;

  /** @param find returns those of the ids that exist */
  constructor(
    private readonly find: (ids: readonly string[]) => Promise<readonly string[]>,
    private readonly everyMs = 1_000,
  ) {}

  /** @throws what the query throws */
  async exists(id: string): Promise<boolean> {
    this.next ??= this.batch();
    this.next.ids.add(id);
    return (await this.next.existing).has(id);
  }

  private batch(): Batch {
    const ids = new Set<string>();
    return { ids, existing: this.findSoon(ids) };
  }

  private async findSoon(ids: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    await sleep(Math.max(0, this.lastAt + this.everyMs - performance.now()));
    this.next = undefined;
    this.lastAt = performance.now();
    return new Set(await this.find([...ids]));
  }
}
