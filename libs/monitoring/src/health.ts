import type { Database } from '#libs/database';
import type { JobQueues } from '#libs/jobs';
import type { ObjectStorage } from '#libs/storage';
import { inTime } from './in-time.js';

export type DependencyState = 'up' | 'down';

export interface Readiness {
  readonly status: 'ready' | 'not_ready';
  readonly dependencies: {
    readonly postgres: DependencyState;
    readonly storage: DependencyState;
    /** Shown, but not needed: what cannot be sent now is sent later. */
    readonly redis: DependencyState;
  };
}

/** Can this process do its work? Postgres and storage decide. */
export class Health {
  constructor(
    private readonly database: Pick<Database, 'query'>,
    private readonly queues: Pick<JobQueues, 'ready'>,
    private readonly storage: Pick<ObjectStorage, 'check'>,
  ) {}

  async readiness(): Promise<Readiness> {
    const [postgres, storage] = await Promise.all([
      stateOf(this.database.query('SELECT 1')),
      stateOf(this.storage.check()),
    ]);
    const redis = this.queues.ready() ? 'up' : 'down';
    const ready = postgres === 'up' && storage === 'up';
    return { status: ready ? 'ready' : 'not_ready', dependencies: { postgres, storage, redis } };
  }
}

async function stateOf(check: Promise<unknown>): Promise<DependencyState> {
  return (await inTime(check.then(() => true))) ? 'up' : 'down';
}
