import fs from 'node:fs';
import path from 'node:path';
import { endProcess, identify, isRunning, type ProcessIdentity } from '#libs/local-services';

/** The content of DATA_DIR/run.json: the run that owns the folder. */
interface Run {
  readonly owner: ProcessIdentity;
  readonly children: Readonly<Record<string, ProcessIdentity>>;
}

/**
 * Allows only one run on a data folder. The lock file lists the run's processes, so that the next run can end those that
 * outlived a killed run.
 */
export class InstanceLock {
  private run: Run;

  private constructor(private readonly file: string) {
    const owner = identify(process.pid);
    if (owner === undefined) throw new Error('This process cannot be found in the list of processes');
    this.run = { owner, children: {} };
  }

  /**
   * Locks a data folder, after ending the processes that a killed run left behind.
   *
   * @throws Error that names the process using the folder
   */
  static async take(dataDir: string): Promise<InstanceLock> {
    const lock = new InstanceLock(path.join(dataDir, 'run.json'));
    while (!lock.tryToCreate()) {
      const other = read(lock.file);
      if (other !== undefined && isRunning(other.owner)) {
        throw new Error(
          `Timbre already runs on ${dataDir} (process ${other.owner.pid}). Stop it, or choose another folder and port: DATA_DIR=.data2 PORT=8081 npm start`,
        );
      }
      await lock.clear(other);
    }
    return lock;
  }

  /** Records a process of this run. It replaces an earlier one of the same name. */
  record(name: string, pid: number): void {
    const identity = identify(pid);
    if (identity === undefined) return; // already dead, so nothing to end later
    this.run = { ...this.run, children: { ...this.run.children, [name]: identity } };
    fs.writeFileSync(this.temporary, JSON.stringify(this.run));
    fs.renameSync(this.temporary, this.file);
  }

  release(): void {
    fs.rmSync(this.file, { force: true });
  }

  private get temporary(): string {
    return `${this.file}.${process.pid}`;
  }

  private tryToCreate(): boolean {
    fs.writeFileSync(this.temporary, JSON.stringify(this.run));
    try {
      fs.linkSync(this.temporary, this.file); // atomic, and the file has its content from the first moment
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return false;
    } finally {
      fs.rmSync(this.temporary);
    }
  }

  /** Removes a dead run's file. Of two runs that try, only one can rename it. A live run's file is put back. */
  private async clear(dead: Run | undefined): Promise<void> {
    for (const child of Object.values(dead?.children ?? {}).reverse()) await endProcess(child, 'SIGTERM', 2_000);
    try {
      fs.renameSync(this.file, this.temporary);
    } catch {
      return;
    }
    const moved = read(this.temporary);
    if (moved?.owner.pid !== dead?.owner.pid) fs.linkSync(this.temporary, this.file);
    fs.rmSync(this.temporary);
  }
}

function read(file: string): Run | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Run;
  } catch {
    return undefined;
  }
}
