import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { AuditLogRepository } from '#libs/audit';
import { CONFIG, type Config } from '#libs/config';
import { Database } from '#libs/database';
import { completeAllRuns, GpuCanceller, measureArchives, removeExpiredSpeeches } from '#libs/embeddings';
import { forgetEvents } from '#libs/events';
import { forgetExpiredKeys } from '#libs/idempotency';
import { Dispatcher, forgetEndedJobs, Recovery } from '#libs/jobs';
import { LOGGER, type Logger } from '#libs/logging';
import { RecoveredJobs } from '#libs/processing';
import { RecomputeTurns } from '#libs/recompute';
import { GarbageCollector } from '#libs/retention';
import { OBJECT_STORAGE, type ObjectStorage } from '#libs/storage';
import { forgetGpuUses } from '#libs/usage';
import { measureVoiceFiles, removeAgedOriginals, removeExpiredUploads } from '#libs/voices';
import { Deliverer, fanOut, forgetDeliveries } from '#libs/webhooks';

/** A piece of regular work. */
interface Task {
  readonly name: string;
  /** Milliseconds from the end of one run to the start of the next. */
  readonly every: number;
  readonly run: () => Promise<unknown>;
}

const seconds = 1_000;
const hours = 3_600 * seconds;

/** What a worker does besides jobs: each task once at the start, then at its interval. Many workers may do the same task. */
@Injectable()
export class Schedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly tasks: readonly Task[];
  private readonly timers = new Set<NodeJS.Timeout>();
  private isStopped = false;

  constructor(
    dispatcher: Dispatcher,
    recovery: Recovery,
    recovered: RecoveredJobs,
    canceller: GpuCanceller,
    garbage: GarbageCollector,
    webhooks: Deliverer,
    recomputes: RecomputeTurns,
    audit: AuditLogRepository,
    database: Database,
    @Inject(OBJECT_STORAGE) storage: ObjectStorage,
    @Inject(CONFIG) config: Pick<Config, 'auditKeepDays' | 'jobsKeepDays' | 'keepOriginalsDays'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.tasks = [
      { name: 'dispatch', every: 1 * seconds, run: () => dispatcher.dispatch() },
      { name: 'recompute', every: 1 * seconds, run: () => recomputes.work() },
      { name: 'revive', every: 3 * seconds, run: () => recovered.revive() },
      { name: 'recover nudges', every: 3 * seconds, run: () => recovery.recoverNudges() },
      { name: 'recover polls', every: 15 * seconds, run: () => recovery.recoverPolls() },
      { name: 'cancel on GPU', every: 2 * seconds, run: () => canceller.cancelDue() },
      { name: 'remove objects', every: 5 * seconds, run: () => garbage.removeDue() },
      { name: 'remove expired uploads', every: 1 * hours, run: () => database.transaction(removeExpiredUploads) },
      { name: 'remove expired speeches', every: 1 * hours, run: () => database.transaction(removeExpiredSpeeches) },
      { name: 'forget changes', every: 1 * hours, run: () => audit.forgetOlderThan(config.auditKeepDays) },
      { name: 'forget jobs', every: 1 * hours, run: () => forgetEndedJobs(database, config.jobsKeepDays) },
      { name: 'forget events', every: 1 * hours, run: () => forgetEvents(database) },
      { name: 'make webhook deliveries', every: 1 * seconds, run: () => fanOut(database) },
      { name: 'send to webhooks', every: 1 * seconds, run: () => webhooks.deliverDue() },
      { name: 'forget webhook deliveries', every: 1 * hours, run: () => database.transaction(forgetDeliveries) },
      { name: 'forget idempotency keys', every: 1 * hours, run: () => forgetExpiredKeys(database) },
      {
        name: 'remove aged originals',
        every: 1 * hours,
        run: () => removeAgedOriginals(database, config.keepOriginalsDays ?? null),
      },
      { name: 'measure files of voices', every: 1 * hours, run: () => measureVoiceFiles(database, storage) },
      { name: 'complete runs', every: 1 * hours, run: () => completeAllRuns(database) },
      { name: 'measure archives', every: 1 * hours, run: () => measureArchives(database, storage) },
      { name: 'forget GPU uses', every: 1 * hours, run: () => forgetGpuUses(database) },
      { name: 'sweep', every: 6 * hours, run: () => garbage.sweep() },
    ];
  }

  onApplicationBootstrap(): void {
    for (const task of this.tasks) void this.run(task);
  }

  beforeApplicationShutdown(): void {
    this.isStopped = true;
    for (const timer of this.timers) clearTimeout(timer);
  }

  private async run(task: Task): Promise<void> {
    try {
      await task.run();
    } catch (error) {
      this.logger.warn({ err: error, task: task.name }, 'scheduled task failed');
    }
    if (this.isStopped) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.run(task);
    }, task.every);
    this.timers.add(timer);
  }
}
