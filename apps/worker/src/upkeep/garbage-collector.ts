import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ClaimedJob } from '#libs/jobs';
import type { Logger } from '#libs/logging';
import { generationPrefix, ownerKey, parseObjectKey, type ObjectStorage } from '#libs/storage';
import { StoredObjectsRepository, type NeededObjects, type Removal } from './stored-objects.repository.js';

/** Objects younger than this that no row names are left alone: their row may be about to be written. */
const youngMs = 24 * 3600 * 1000;
const removalsAtATime = 200;

/** Removes bytes that are nobody's. Everything here may be interrupted and run again. */
export class GarbageCollector {
  constructor(
    private readonly storage: ObjectStorage,
    private readonly rows: StoredObjectsRepository,
    private readonly logger: Logger,
  ) {}

  /** Removes what rows say must go now. What cannot be removed is tried again until it is gone, and holds up nothing. */
  async removeDue(): Promise<void> {
    for (;;) {
      const due = await this.rows.dueRemovals(removalsAtATime);
      const single = due.filter(({ target }) => !target.endsWith('/'));
      const folders = due.filter(({ target }) => target.endsWith('/'));
      const gone = [
        ...(await this.tryRemoving(single, (keys) => this.storage.delete(keys))),
        ...(
          await Promise.all(
            folders.map((folder) => this.tryRemoving([folder], ([prefix = '']) => this.storage.deletePrefix(prefix))),
          )
        ).flat(),
      ];
      await this.rows.strike(gone);
      if (gone.length < removalsAtATime) return;
    }
  }

  /** @returns ids of the removals that were done: all or none */
  private async tryRemoving(
    removals: readonly Removal[],
    remove: (targets: readonly string[]) => Promise<void>,
  ): Promise<readonly string[]> {
    try {
      await remove(removals.map(({ target }) => target));
      return removals.map(({ id }) => id);
    } catch (error) {
      this.logger.warn({ targets: removals.map(({ target }) => target), err: error }, 'not removed yet');
      return [];
    }
  }

  /**
   * Removes what a generation that lost has written. Its step has ended, so nothing of it is young; what was committed
   * stays.
   */
  async collectGeneration(job: ClaimedJob): Promise<void> {
    const prefix = generationPrefix({ voiceId: job.voiceId, jobId: job.id, generation: job.generation });
    try {
      const needed = await this.rows.needed(job.voiceId);
      const lost: string[] = [];
      for await (const object of this.storage.list(prefix)) if (!needed.keys.has(object.key)) lost.push(object.key);
      await this.storage.delete(lost);
    } catch (error) {
      this.logger.warn({ job: job.id, voice: job.voiceId, err: error }, 'left for the next sweep');
    }
  }

  /**
   * Walks the whole storage and removes old objects that no row names. Does nothing in the storage of another database:
   * to the rows of this one everything there would be nobody's.
   *
   * @param olderThanMs what is younger is left alone
   * @returns how many were removed
   */
  async sweep(olderThanMs: number = youngMs): Promise<number> {
    if (!(await this.isOurStorage())) return 0;
    const before = Date.now() - olderThanMs;
    let voiceId = '';
    let needed: NeededObjects = { keys: new Set(), prefixes: [] };
    let removed = 0;
    for await (const object of this.storage.list('voices/')) {
      const parsed = parseObjectKey(object.key);
      if (parsed === null || object.modifiedAt.getTime() > before) continue;
      if (voiceId !== parsed.voiceId) {
        voiceId = parsed.voiceId;
        needed = await this.rows.needed(voiceId);
      }
      if (isNeeded(object.key, needed)) continue;
      await this.storage.delete([object.key]);
      removed += 1;
    }
    await this.storage.removeLeftovers(new Date(before));
    return removed;
  }

  /** Storage that says of no database that it is its own becomes ours. */
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
