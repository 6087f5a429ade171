import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import type { Server } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import { timeIn } from '../local/local-folders.js';
import { scratchFailure } from './scratch-failure.js';
import { lifeIn, showLife } from './sign-of-life.js';
import { errnoOf, isMissing } from '../storage-failure.js';

export interface ScratchTimes {
  /** How often a running process touches its folder. */
  readonly beatMs: number;
  /** A folder of another machine may be dead if it was not touched for this long, by the file system's clock. */
  readonly deadAfterMs: number;
  /** It is dead if it also did not change while we watched it for this long: either clock may jump. */
  readonly watchMs: number;
}

const defaultTimes: ScratchTimes = { beatMs: 60_000, deadAfterMs: 3_600_000, watchMs: 300_000 };

/** `{role}_{kernel}_{uuid}`; older releases used `{role}_{host}_{pid}_{uuid}`. */
const folderName = /^(?:api|worker)_(.+)_[0-9a-f-]{36}$/;

/** Disk errors that may pass. Any other means a wrong setting, and the process does not start. */
const transientErrors: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'ESTALE']);

/** Identifies this boot of this kernel. */
const kernel = ((): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').replaceAll('-', '').slice(0, 16);
  } catch {
    return hostname().replaceAll(/[^A-Za-z0-9-]/g, '-');
  }
})();

/**
 * Holds a process's temporary files: uploads, conversions. Every process has its own folder, so that the leftovers of
 * dead processes can be found and removed.
 *
 * On the same kernel, a socket in the folder shows whether its process is alive. Of another machine that shares the
 * disk only the folder's age is known: it must be old by the file system's clock and must not change while we watch. No
 * process's clock counts, and folders in doubt are kept.
 */
export class ScratchFolder {
  private life: Server | null = null;
  private restoring: Promise<void> | null = null;
  private isClosed = false;
  private readonly beating: NodeJS.Timeout;
  /** For folders of others: their last seen mtime, and since when we have seen it (monotonic clock). */
  private readonly watched = new Map<string, { readonly mtimeMs: number; readonly sinceMs: number }>();

  private constructor(
    private readonly scratchDir: string,
    readonly folder: string,
    private readonly times: ScratchTimes,
  ) {
    this.beating = setInterval(() => void this.beat(), times.beatMs).unref();
  }

  /**
   * Creates the folder of this process and removes those of dead ones. A full or read-only disk does not prevent the
   * start; `check` reports it.
   *
   * @throws the system's error if the folder is impossible
   */
  static async open(scratchDir: string, role: 'api' | 'worker', times = defaultTimes): Promise<ScratchFolder> {
    const folder = path.join(scratchDir, `${role}_${kernel}_${randomUUID()}`);
    const scratch = new ScratchFolder(scratchDir, folder, times);
    try {
      await scratch.removeDead(null); // first, because they may fill the disk
      await scratch.restore();
    } catch (error) {
      if (!transientErrors.has(errnoOf(error))) {
        await scratch.close();
        throw error;
      }
    }
    await scratch.beat();
    return scratch;
  }

  /**
   * Creates a folder for one task.
   *
   * @throws AppError `unavailable` | `insufficient_storage`, local to this process
   */
  async make(): Promise<string> {
    const folder = path.join(this.folder, randomUUID());
    await this.inFolder(() => mkdir(folder, { mode: 0o700 }));
    return folder;
  }

  /**
   * Checks whether files can be written here.
   *
   * @throws as `make`
   */
  async check(): Promise<void> {
    await this.touch();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.beating);
    await this.restoring?.catch(() => undefined);
    this.life?.close();
    // A readiness check may be writing there. If it cannot be removed (read-only disk), another process does so later.
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }

  /** Writes and removes a file, which renews the folder's mtime. @returns the time by the file system's clock */
  private touch(): Promise<number> {
    return this.inFolder(async () => (await timeIn(this.folder)).getTime());
  }

  /** Runs work in the folder. Creates the folder again if it is gone, for example because the disk was emptied. */
  private async inFolder<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work().catch(async (error: unknown) => {
        if (!isMissing(error) || this.isClosed) throw error;
        await this.restore();
        return work();
      });
    } catch (error) {
      throw scratchFailure(error);
    }
  }

  private restore(): Promise<void> {
    this.restoring ??= this.makeFolder().finally(() => (this.restoring = null));
    return this.restoring;
  }

  private async makeFolder(): Promise<void> {
    const made = await mkdir(this.folder, { recursive: true, mode: 0o700 });
    if (made === undefined && this.life !== null) return;
    this.life?.close();
    this.life = await showLife(this.folder);
  }

  private async beat(): Promise<void> {
    const now = await this.touch().catch(() => null);
    const ours = new Date();
    // No room for a file: renew the mtime another way.
    if (now === null) await utimes(this.folder, ours, ours).catch(() => undefined);
    await this.removeDead(now).catch(() => undefined);
  }

  /** @param now by the file system's clock; null if unknown */
  private async removeDead(now: number | null): Promise<void> {
    const names = await readdir(this.scratchDir).catch((error: unknown): string[] => {
      if (isMissing(error)) return [];
      throw error;
    });
    for (const name of this.watched.keys()) if (!names.includes(name)) this.watched.delete(name);
    for (const name of names) {
      const owner = folderName.exec(name)?.[1];
      if (owner === undefined || name === path.basename(this.folder)) continue;
      if (!(await this.isDead(name, owner, now))) continue;
      await rm(path.join(this.scratchDir, name), { recursive: true, force: true }).catch(() => undefined);
    }
  }

  private async isDead(name: string, owner: string, now: number | null): Promise<boolean> {
    const folder = path.join(this.scratchDir, name);
    const life = await lifeIn(folder);
    if (life === 'alive') return false;
    if (life === 'dead' && owner === kernel) return true;
    const mtimeMs = await stat(folder).then(
      (found) => found.mtimeMs,
      () => null,
    );
    if (mtimeMs === null || now === null) return false;
    const seen = this.watched.get(name);
    if (seen?.mtimeMs !== mtimeMs) {
      this.watched.set(name, { mtimeMs, sinceMs: performance.now() });
      return false;
    }
    return now - mtimeMs > this.times.deadAfterMs && performance.now() - seen.sinceMs >= this.times.watchMs;
  }
}
