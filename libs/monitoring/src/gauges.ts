import type { Database } from '#libs/database';
import type { JobQueues } from '#libs/jobs';
import type { Metrics } from '#libs/metrics';
import type { Health } from './health.js';
import { inTime } from './in-time.js';
import type { JobsAtHand, WorkAtHandRepository } from './work-at-hand.repository.js';

const kinds = ['split', 'embed'] as const;
const activeStates = ['queued', 'running', 'waiting'] as const;

/** What is looked up when somebody asks, because it is a state and no event. */
export class Gauges {
  private running: Promise<void> | null = null;

  constructor(
    private readonly metrics: Metrics,
    private readonly health: Pick<Health, 'readiness'>,
    private readonly database: Pick<Database, 'connections'>,
    private readonly work: Pick<WorkAtHandRepository, 'jobs' | 'removals'>,
    private readonly queues: Pick<JobQueues, 'counts'>,
  ) {}

  /**
   * Looks at everything, within some 2 s: what does not answer is not told. Whoever asks meanwhile gets the same look.
   *
   * Never rejects.
   */
  refresh(): Promise<void> {
    this.running ??= this.look().finally(() => (this.running = null));
    return this.running;
  }

  private async look(): Promise<void> {
    this.tellPool(); // before our own questions use it
    await Promise.all([this.tellDependencies(), this.tellQueues(), this.tellJobs(), this.tellRemovals()]);
  }

  private tellPool(): void {
    const { inUse, idle, waiting } = this.database.connections();
    this.metrics.tell('poolConnections', [
      { labels: { state: 'in_use' }, value: inUse },
      { labels: { state: 'idle' }, value: idle },
    ]);
    this.metrics.tell('poolWaiting', [{ labels: {}, value: waiting }]);
  }

  private async tellDependencies(): Promise<void> {
    const { dependencies } = await this.health.readiness();
    const value = (dependency: keyof typeof dependencies): number => (dependencies[dependency] === 'up' ? 1 : 0);
    this.metrics.tell(
      'dependencyUp',
      (['postgres', 'storage', 'redis'] as const).map((dependency) => ({
        labels: { dependency },
        value: value(dependency),
      })),
    );
  }

  private async tellQueues(): Promise<void> {
    const counts = await this.queues.counts();
    const samples = [...(counts ?? [])].flatMap(([queue, held]) =>
      (['waiting', 'active', 'delayed', 'failed'] as const).map((state) => ({
        labels: { queue, state },
        value: held[state],
      })),
    );
    this.metrics.tell('queueDeliveries', samples);
  }

  private async tellJobs(): Promise<void> {
    const rows = await inTime(this.work.jobs());
    const known = rows === null ? [] : kinds;
    const find = (kind: string, state: string): JobsAtHand | undefined =>
      rows?.find((row) => row.kind === kind && row.state === state);
    this.metrics.tell(
      'jobs',
      known.flatMap((kind) =>
        activeStates.map((state) => ({ labels: { kind, state }, value: find(kind, state)?.count ?? 0 })),
      ),
    );
    this.metrics.tell(
      'oldestQueuedSeconds',
      known.map((kind) => ({ labels: { kind }, value: find(kind, 'queued')?.oldestDueSeconds ?? 0 })),
    );
    this.metrics.tell(
      'activeJobDeaths',
      known.map((kind) => ({
        labels: { kind },
        value: Math.max(...activeStates.map((state) => find(kind, state)?.mostDeaths ?? 0)),
      })),
    );
  }

  private async tellRemovals(): Promise<void> {
    const due = await inTime(this.work.removals());
    this.metrics.tell('removalsDue', due ? [{ labels: {}, value: due.count }] : []);
    this.metrics.tell('oldestRemovalSeconds', due ? [{ labels: {}, value: due.oldestSeconds }] : []);
  }
}
