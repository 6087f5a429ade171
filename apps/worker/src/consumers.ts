import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { CONFIG, type Config } from '#libs/config';
import { deliveryNumber, JobQueues, popOneAtATime, queueNames, type JobPayload, type QueueName } from '#libs/jobs';
import { LOGGER, type Logger } from '#libs/logging';
import { JobSteps, PollRunner, Stopping } from '#libs/processing';

/** What is done with a delivery, and how many at a time. */
interface Consumer {
  readonly concurrency: number;
  readonly deliver: (jobId: string, number: number) => Promise<void>;
}

/** Splits beyond those that encode: no ffmpeg slot stays idle while a split commits or fetches its recording. */
const extraSplits = 1;
/** Submissions and polls only wait for the network, so many run at a time. No slot waits on a GPU. */
const submitConcurrency = 8;
const pollConcurrency = 32;
/** Slots that polls cannot fill: a hint is looked at although /status is slow. */
const hintConcurrency = 8;

/** Takes deliveries from the queues. */
@Injectable()
export class Consumers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly byQueue: Readonly<Record<QueueName, Consumer>>;

  constructor(
    steps: JobSteps,
    polls: PollRunner,
    private readonly queues: JobQueues,
    private readonly stopping: Stopping,
    @Inject(CONFIG) private readonly config: Pick<Config, 'ffmpegProcesses' | 'shutdownGraceSeconds'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const job = (jobId: string): Promise<void> => steps.deliver(jobId);
    const poll = (jobId: string, number: number): Promise<void> => polls.deliver(jobId, number);
    this.byQueue = {
      splitting: { concurrency: config.ffmpegProcesses + extraSplits, deliver: job },
      'embedding-submit': { concurrency: submitConcurrency, deliver: job },
      'embedding-poll': { concurrency: pollConcurrency, deliver: poll },
      'embedding-hint': { concurrency: hintConcurrency, deliver: poll },
    };
  }

  onApplicationBootstrap(): void {
    for (const name of queueNames) this.consume(name, this.byQueue[name]);
  }

  /** Takes no more deliveries and lets running steps finish. Steps that outlast the grace period are handed back. */
  async beforeApplicationShutdown(): Promise<void> {
    for (const name of queueNames) {
      void this.queues
        .get(name)
        .pause(true, true)
        .catch(() => undefined);
    }
    await this.stopping.finish(this.config.shutdownGraceSeconds * 1000);
  }

  /**
   * Calls Bull's `process()` itself, because the concurrency comes from the configuration, which `@Process()` cannot read
   * (nestjs/bull#395).
   */
  private consume(name: QueueName, { concurrency, deliver }: Consumer): void {
    const queue = this.queues.get(name);
    popOneAtATime(queue);
    queue
      .process(concurrency, ({ id, data }: { readonly id: string | number; readonly data: JobPayload }) =>
        deliver(data.id, deliveryNumber(id)),
      )
      .catch((error: unknown) => this.logger.error({ queue: name, err: error }, 'queue consumer ended'));
  }
}
