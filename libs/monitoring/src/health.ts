import { Inject, Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { isAppError } from '#libs/errors';
import { JobQueues } from '#libs/jobs';
import { LOGGER, type Logger } from '#libs/logging';
import { within } from '#libs/service';
import { OBJECT_STORAGE, ScratchFolder, type ObjectStorage, type StorageState } from '#libs/storage';

/** A dependency that takes longer to answer counts as down, and a gauge as unknown. */
export const patienceMs = 2_000;

export type DependencyState = 'up' | 'down';

/** `read_only`: objects can be read, but not written or deleted. */
export type StorageHealth = StorageState | 'down';

/** `full`: uploads get 507. */
export type ScratchHealth = DependencyState | 'full';

export interface Readiness {
  /** `stopping`: asked to stop, and still serving until proxies have noticed. */
  readonly status: 'ready' | 'not_ready' | 'stopping';
  readonly dependencies: {
    /** Up while it accepts writes. */
    readonly postgres: DependencyState;
    readonly storage: StorageHealth;
    /** This process's folder for uploads and conversions in progress. */
    readonly scratch: ScratchHealth;
    /** Informative: what cannot be sent now is sent later. */
    readonly redis: DependencyState;
  };
}

/**
 * Whether this process can do its work. Postgres, the storage and the scratch folder decide.
 *
 * All processes may share a disk that is full or read-only, and it still serves reads. So a read-only storage counts as
 * ready, whatever the state of the scratch folder.
 */
@Injectable()
export class Health {
  private readonly down = new Set<string>();
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly queues: JobQueues,
    @Inject(OBJECT_STORAGE) private readonly storage: Pick<ObjectStorage, 'check'>,
    @Inject(ScratchFolder) private readonly scratch: Pick<ScratchFolder, 'check'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /** Reports `stopping` from now on, so that load balancers send no new requests. */
  stop(): void {
    this.stopping = true;
  }

  async readiness(): Promise<Readiness> {
    const [postgres, storage, scratch] = await Promise.all([
      this.stateOf('postgres', this.database.requireWritable().then(up)),
      this.stateOf('storage', this.storage.check()),
      this.stateOf('scratch', this.scratch.check().then(up, full)),
    ]);
    const redis = this.queues.ready() ? 'up' : 'down';
    const ready = postgres === 'up' && (storage === 'read_only' || (storage === 'up' && scratch !== 'down'));
    const status = ready ? 'ready' : 'not_ready';
    return {
      status: this.stopping ? 'stopping' : status,
      dependencies: { postgres, storage, scratch, redis },
    };
  }

  private async stateOf<S extends string>(dependency: string, check: Promise<S>): Promise<S | 'down'> {
    const [state, reason] = await within(patienceMs, check).then(
      (state) => [state, state] as const,
      (error: unknown) => ['down', error] as const,
    );
    if (state === 'up') this.down.delete(dependency);
    else if (!this.down.has(dependency)) {
      this.down.add(dependency);
      this.logger.warn({ dependency, err: reason }, 'dependency down');
    }
    return state;
  }
}

const up = () => 'up' as const;

/** A full disk is a state of the scratch folder. Any other failure means that it is down. */
function full(error: unknown): 'full' {
  if (isAppError(error, 'insufficient_storage')) return 'full';
  throw error;
}
