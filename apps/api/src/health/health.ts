import { Inject, Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { JobQueues } from '#libs/jobs';
import { OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';

export type DependencyState = 'up' | 'down';

export interface Readiness {
  readonly status: 'ready' | 'not_ready';
  readonly dependencies: {
    readonly postgres: DependencyState;
    readonly storage: DependencyState;
    /** Shown, but not needed to serve requests: what cannot be sent now is sent later. */
    readonly redis: DependencyState;
  };
}

/** A dependency that does not answer for so long is down. */
const patienceMs = 2_000;

/** Can requests be served? Postgres and storage decide. */
@Injectable()
export class Health {
  constructor(
    private readonly database: Database,
    private readonly queues: JobQueues,
    @Inject(OBJECT_STORAGE) private readonly storage: ObjectStorage,
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
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<DependencyState>((resolve) => {
    timer = setTimeout(() => resolve('down'), patienceMs);
  });
  const answered = check.then(
    (): DependencyState => 'up',
    (): DependencyState => 'down',
  );
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}
