import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';

/** A living process touches its folder this often. */
const touchEveryMs = 60_000;
/** A folder of another machine that nobody has touched for so long is a dead process's. */
const deadAfterMs = 60 * 60_000;

const machine = hostname().replaceAll(/[^A-Za-z0-9-]/g, '-');
const folderName = /^api_([A-Za-z0-9-]+)_(\d+)_[0-9a-f-]{36}$/;

/** Folders this very process has open. */
const own = new Set<string>();

/**
 * The folder an API process keeps uploads in until they are stored. Every process has its own, so that the left-overs
 * of dead ones can be told and removed.
 */
export class ScratchFolder {
  private readonly touching: NodeJS.Timeout;

  private constructor(readonly folder: string) {
    this.touching = setInterval(() => {
      const now = new Date();
      utimes(folder, now, now).catch(() => undefined);
    }, touchEveryMs).unref();
  }

  /** Makes the folder of this process and removes those of dead ones. */
  static async open(scratchDir: string): Promise<ScratchFolder> {
    const folder = path.join(scratchDir, `api_${machine}_${process.pid}_${randomUUID()}`);
    own.add(path.basename(folder));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeDeadFolders(scratchDir);
    return new ScratchFolder(folder);
  }

  async close(): Promise<void> {
    clearInterval(this.touching);
    await rm(this.folder, { recursive: true, force: true });
    own.delete(path.basename(this.folder));
  }
}

/** Removes the folder an upload was received into. Never rejects: what stays goes with the process. */
export async function removeUpload(file: { readonly path: string }): Promise<void> {
  await rm(path.dirname(file.path), { recursive: true, force: true }).catch(() => undefined);
}

async function removeDeadFolders(scratchDir: string): Promise<void> {
  for (const name of await readdir(scratchDir)) {
    if (own.has(name) || !folderName.test(name)) continue;
    const folder = path.join(scratchDir, name);
    if (await isDead(name, folder)) await rm(folder, { recursive: true, force: true });
  }
}

/** On this machine the process itself tells; a process with our own id was before us. */
async function isDead(name: string, folder: string): Promise<boolean> {
  const [, host, pid] = folderName.exec(name) ?? [];
  if (host === machine && (Number(pid) === process.pid || !isRunning(Number(pid)))) return true;
  const touched = await stat(folder).then(
    (found) => found.mtimeMs,
    () => Date.now(),
  );
  return Date.now() - touched > deadAfterMs;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
