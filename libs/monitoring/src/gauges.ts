import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { activeStates, JobQueues } from '#libs/jobs';
import { Metrics } from '#libs/metrics';
import { withinOrNull } from '#libs/service';
import { Health, patienceMs } from './health.js';
import { WorkAtHandRepository, type JobsAtHand } from './work-at-hand.repository.js';

const kinds = ['split', 'embed', 'speak', 'import'] as const;

/** The gauges that are read on each scrape. */
@Injectable()
export class Gauges {
  private running: Promise<void> | null = null;

  constructor(
    private readonly metrics: Metrics,
    private readonly health: Health,
    private readonly database: Database,
    private readonly work: WorkAtHandRepository,
    private readonly queues: JobQueues,
  ) {}

  /**
   * Refreshes all gauges within about 2 s. Gauges whose source does not answer are not exported. Concurrent callers share
   * one refresh. Never rejects.
   */
  refresh(): Promise<void> {
    this.running ??= this.readAll().finally(() => (this.running = null));
    return this.running;
  }

  private async readAll(): Promise<void> {
    this.readPool(); // before the other gauges use connections
    await Promise.all([
      this.readDependencies(),
      this.readQueues(),
      this.readJobs(),
      this.readRecomputes(),
      this.readRemovals(),
    ]);
  }

  private readPool(): void {
    const { inUse, idle, waiting } = this.database.connections();
    this.metrics.set('poolConnections', [
      { labels: { state: 'in_use' }, value: inUse },
      { labels: { state: 'idle' }, value: idle },
    ]);
    this.metrics.set('poolWaiting', [{ labels: {}, value: waiting }]);
  }

  private async readDependencies(): Promise<void> {
    const { dependencies } = await this.health.readiness();
    const value = (dependency: keyof typeof dependencies): number => (dependencies[dependency] === 'up' ? 1 : 0);
    this.metrics.set(
      'dependencyUp',
      (['postgres', 'storage', 'scratch', 'redis'] as const).map((dependency) => ({
        labels: { dependency },
        value: value(dependency),
      })),
    );
  }

  private async readQueues(): Promise<void> {
    const counts = await this.queues.counts();
    const samples = [...(counts ?? [])].flatMap(([queue, held]) =>
      (['waiting', 'active', 'delayed', 'failed'] as const).map((state) => ({
        labels: { queue, state },
        value: held[state],
      })),
    );
    this.metrics.set('queueDeliveries', samples);
  }

  private async readJobs(): Promise<void> {
    const rows = await withinOrNull(patienceMs, this.work.jobs());
    const known = rows === null ? [] : kinds;
    const find = (kind: string, state: string): JobsAtHand | undefined =>
      rows?.find((row) => row.kind === kind && row.state === state);
    this.metrics.set(
      'jobs',
      known.flatMap((kind) =>
        activeStates.map((state) => ({ labels: { kind, state }, value: find(kind, state)?.count ?? 0 })),
      ),
    );
    this.metrics.set(
      'oldestQueuedSeconds',
      known.map((kind) => ({ labels: { kind }, value: find(kind, 'queued')?.oldestDueSeconds ?? 0 })),
    );
    this.metrics.set(
      'activeJobDeaths',
      known.map((kind) => ({
        labels: { kind },
        value: Math.max(...activeStates.map((state) => find(kind, state)?.mostDeaths ?? 0)),
      })),
    );
  }

  private async readRecomputes(): Promise<void> {
    const voices = await withinOrNull(patienceMs, this.work.recomputes());
    this.metrics.set(
      'recomputeVoices',
      voices ? (['waiting', 'running'] as const).map((state) => ({ labels: { state }, value: voices[state] })) : [],
    );
  }

  private async readRemovals(): Promise<void> {
    const due = await withinOrNull(patienceMs, this.work.removals());
    this.metrics.set('removalsDue', due ? [{ labels: {}, value: due.count }] : []);
    this.metrics.set('removalsStuck', due ? [{ labels: {}, value: due.stuck }] : []);
    this.metrics.set('oldestRemovalSeconds', due ? [{ labels: {}, value: due.oldestSeconds }] : []);
  }
}
