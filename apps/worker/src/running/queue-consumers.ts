import { deliveryNumber, JobQueues, popOneAtATime, queueNames, type JobPayload } from '#libs/jobs';
import type { Logger } from '#libs/logging';
import { EmbeddingProcessor } from '../embedding/embedding.processor.js';
import { SplittingProcessor } from '../splitting/splitting.processor.js';
import { Stopping } from './stopping.js';

/** Splits beside those that encode: while one commits or fetches its recording, no ffmpeg waits. */
const extraSplits = 1;
/** Submissions and polls only wait for the network, so many run at a time; no slot waits on a GPU. */
const submitConcurrency = 8;
const pollConcurrency = 32;
/** Slots that polls do not fill: news of a webhook is looked at though /status is slow. */
const hintConcurrency = 8;

export interface ConsumerOptions {
  /** ffmpegs at a time, over all splits (EncodeSlots). */
  readonly ffmpegProcesses: number;
  readonly graceSeconds: number;
}

/** Takes deliveries from the queues and hands them to the processors. */
export class QueueConsumers {
  constructor(
    private readonly queues: JobQueues,
    private readonly splitting: SplittingProcessor,
    private readonly embedding: EmbeddingProcessor,
    private readonly stopping: Stopping,
    private readonly options: ConsumerOptions,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.consume('splitting', this.options.ffmpegProcesses + extraSplits, (id) => this.splitting.deliver(id));
    this.consume('embedding-submit', submitConcurrency, (id) => this.embedding.deliver(id));
    this.consume('embedding-poll', pollConcurrency, (id, number) => this.embedding.poll(id, number));
    this.consume('embedding-hint', hintConcurrency, (id, number) => this.embedding.poll(id, number));
  }

  /** Takes no more, lets what runs finish, hands back what does not within the grace period. */
  async beforeApplicationShutdown(): Promise<void> {
    for (const name of queueNames) {
      void this.queues
        .get(name)
        .pause(true, true)
        .catch(() => undefined);
    }
    await this.stopping.finish(this.options.graceSeconds * 1000);
  }

  private consume(
    name: Parameters<JobQueues['get']>[0],
    concurrency: number,
    deliver: (jobId: string, number: number) => Promise<void>,
  ): void {
    const queue = this.queues.get(name);
    popOneAtATime(queue);
    queue
      .process(concurrency, ({ id, data }: { readonly id: string | number; readonly data: JobPayload }) =>
        deliver(data.id, deliveryNumber(id)),
      )
      .catch((error: unknown) => this.logger.error({ queue: name, err: error }, 'queue consumer ended'));
  }
}
