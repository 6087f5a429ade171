import type { AuditLogRepository } from '#libs/audit';
import { failures } from '#libs/errors';
import { Dispatcher, DispatchRepository } from '#libs/jobs';
import type { Logger } from '#libs/logging';
import type { Metrics } from '#libs/metrics';
import { Processing } from '#libs/voices';
import { GarbageCollector } from './garbage-collector.js';
import { GpuCanceller } from './gpu-canceller.js';
import { StoredObjectsRepository } from './stored-objects.repository.js';

const hourMs = 3600 * 1000;

/** What a worker does besides jobs, each at its own pace, at boot first. Many workers may do it at the same time. */
export class Upkeep {
  private readonly timers = new Set<NodeJS.Timeout>();
  private stopped = false;

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly rows: DispatchRepository,
    private readonly processing: Processing,
    private readonly garbage: GarbageCollector,
    private readonly canceller: GpuCanceller,
    private readonly objects: StoredObjectsRepository,
    private readonly audit: AuditLogRepository,
    private readonly auditKeepDays: number,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.every(1_000, 'dispatch', () => this.dispatcher.dispatch());
    this.every(3_000, 'revive', () => this.revive());
    this.every(3_000, 'recover nudges', () => this.recoverNudges());
    this.every(15_000, 'recover polls', () => this.dispatcher.recoverPolls());
    this.every(2_000, 'cancel on GPU', () => this.canceller.cancelDue());
    this.every(5_000, 'remove objects', () => this.garbage.removeDue());
    this.every(hourMs, 'give up uploads', () => this.objects.giveUpUploads());
    this.every(hourMs, 'forget changes', () => this.audit.forgetOlderThan(this.auditKeepDays));
    this.every(6 * hourMs, 'sweep', () => this.garbage.sweep());
  }

  beforeApplicationShutdown(): void {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
  }

  /** Jobs whose worker is gone run again; those that took too many workers with them have failed. */
  private async revive(): Promise<void> {
    const revived = await this.rows.reviveExpired();
    if (revived.length > 0) this.logger.warn({ jobs: revived.map(({ id }) => id) }, 'jobs revived');
    for (const { kind } of revived) this.metrics.count('jobsRevived', { kind });
    for (const { id, voiceId, kind } of await this.rows.hopeless()) {
      const { sentence } = failures.died_too_often;
      const ended = await this.processing.failActive(voiceId, kind, { code: 'died_too_often', sentence }, id);
      if (ended) this.metrics.count('jobsFailed', { kind, code: 'died_too_often' });
    }
  }

  private async recoverNudges(): Promise<void> {
    const lost = await this.dispatcher.recoverLost();
    if (lost.length > 0) this.logger.warn({ jobs: lost }, 'deliveries were lost; they are sent again');
  }

  private every(ms: number, name: string, work: () => Promise<unknown>): void {
    const again = (): void => {
      if (this.stopped) return;
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        void run();
      }, ms);
      this.timers.add(timer);
    };
    const run = (): Promise<void> =>
      work()
        .catch((error: unknown) => this.logger.warn({ err: error, upkeep: name }, 'upkeep failed; it is tried again'))
        .then(again);
    void run();
  }
}
