import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '#libs/logging';
import { within } from '#libs/service';
import {
  generationPrefix,
  OBJECT_STORAGE,
  ownerKey,
  parseObjectKey,
  voicesPrefix,
  type ObjectStorage,
} from '#libs/storage';
import { StoredObjectsRepository, type NeededObjects, type Removal } from './stored-objects.repository.js';

/** Younger objects are kept even if no row names them: their row may be about to be written. */
const youngMs = 24 * 3600 * 1000;
const removalsAtATime = 32;
/** A removal that takes longer continues on its own. The others do not wait for it. */
const patienceMs = 10_000;

/** A job whose claim was lost, as the generation of that claim. */
interface LostJob {
  readonly id: string;
  readonly voiceId: string;
  readonly generation: number;
}

interface StuckRemoval {
  readonly removal: Removal;
  readonly error: unknown;
}

/** Deletes objects that no row names. Every method may be interrupted and run again. */
@Injectable()
export class GarbageCollector {
  constructor(
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
    private readonly rows: StoredObjectsRepository,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Performs due removals. A removal that fails is retried with increasing delays until it succeeds, and delays no other.
   *
   * @throws AppError `unavailable` while the storage is unreachable. Then no attempt is counted, so that all removals are
   *   due as soon as the storage is back.
   */
  async removeDue(): Promise<void> {
    if (!(await this.rows.hasDueRemovals())) return;
    if ((await this.storage.check()) === 'read_only') {
      this.logger.warn('nothing removed, storage is read-only');
      return;
    }
    for (;;) {
      const taken = await this.rows.takeRemovals(removalsAtATime);
      if (taken.length === 0) return;
      const failures = await Promise.all(taken.map((removal) => this.tryRemoving(removal)));
      const stuck = failures.filter((failure) => failure !== null);
      await this.rows.complete(taken.filter((_, at) => failures[at] === null).map(({ id }) => id));
      const targets = stuck.map(({ removal }) => ({ target: removal.target, tries: removal.tries }));
      if (stuck.length > 0) this.logger.warn({ targets, err: stuck[0]?.error }, 'removals failed, retrying later');
    }
  }

  /** @returns null if the objects are gone */
  private async tryRemoving(removal: Removal): Promise<StuckRemoval | null> {
    const { target } = removal;
    try {
      await within(
        patienceMs,
        target.endsWith('/') ? this.storage.deletePrefix(target) : this.storage.delete([target]),
      );
      return null;
    } catch (error) {
      return { removal, error };
    }
  }

  /**
   * Deletes what a generation has written that lost its claim, except for what it had committed. Its step has ended, so
   * the age of the objects does not matter.
   */
  async collectGeneration({ id: jobId, voiceId, generation }: LostJob): Promise<void> {
    const prefix = generationPrefix({ voiceId, jobId, generation });
    try {
      const needed = await this.rows.needed(voiceId);
      const lost: string[] = [];
      for await (const object of this.storage.list(prefix)) if (!needed.keys.has(object.key)) lost.push(object.key);
      await this.storage.delete(lost);
    } catch (error) {
      this.logger.warn({ job: jobId, voice: voiceId, err: error }, 'outputs of lost claim left for the next sweep');
    }
  }

  /**
   * Walks the whole storage and deletes old objects that no row names. Does nothing if the storage belongs to another
   * database, whose objects this one does not know.
   *
   * @param olderThanMs the age from which objects are deleted
   * @returns the number of deleted objects
   */
  async sweep(olderThanMs: number = youngMs): Promise<number> {
    if (!(await this.isOurStorage())) return 0;
    const before = (await this.storage.now()).getTime() - olderThanMs;
    let voiceId = '';
    let needed: NeededObjects = { keys: new Set(), prefixes: [] };
    let removed = 0;
    for await (const object of this.storage.list(voicesPrefix)) {
      const parsed = parseObjectKey(object.key);
      if (parsed === null || object.modifiedAt.getTime() > before) continue;
      if (voiceId !== parsed.voiceId) {
        voiceId = parsed.voiceId;
        needed = await this.rows.needed(voiceId);
      }
      if (isNeeded(object.key, needed)) continue;
      try {
        await this.storage.delete([object.key]);
        removed += 1;
      } catch (error) {
        this.logger.warn({ key: object.key, err: error }, 'sweep failed for one object, retrying later');
      }
    }
    await this.storage.removeLeftovers(new Date(before));
    return removed;
  }

  /** Claims a storage that belongs to no database yet. */
  private async isOurStorage(): Promise<boolean> {
    const ours = await this.rows.databaseId();
    const mark = await this.storage.read(ownerKey);
    if (mark === null) {
      await this.storage.put(ownerKey, Readable.from([Buffer.from(ours)]), { contentType: 'text/plain' });
      return true;
    }
    const owner = await text(mark);
    if (owner !== ours) {
      this.logger.error(
        { ours, owner },
        'STORAGE_URL or DATABASE_URL is wrong: the objects belong to another database',
      );
    }
    return owner === ours;
  }
}

function isNeeded(key: string, needed: NeededObjects): boolean {
  return needed.keys.has(key) || needed.prefixes.some((prefix) => key.startsWith(prefix));
}
