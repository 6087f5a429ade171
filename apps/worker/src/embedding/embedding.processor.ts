import type { Logger } from '#libs/logging';
import { JobRunner } from '../running/job-runner.js';
import { Stopping } from '../running/stopping.js';
import { CollectStep } from './collect.step.js';
import { PollStep } from './poll.step.js';
import { SubmitStep } from './submit.step.js';

/** Deliveries of `embedding-submit`, `embedding-poll` and `embedding-hint`. */
export class EmbeddingProcessor {
  constructor(
    private readonly runner: JobRunner,
    private readonly submitStep: SubmitStep,
    private readonly pollStep: PollStep,
    private readonly collectStep: CollectStep,
    private readonly stopping: Stopping,
    private readonly logger: Logger,
  ) {}

  /** A job at its next stage: to be submitted, or collected after a worker died over it. */
  deliver(jobId: string): Promise<void> {
    return this.runner.deliver(jobId, (job, work) =>
      job.stage === 'collect' ? this.collectStep.run(job, work) : this.submitStep.run(job),
    );
  }

  /**
   * A poll that is due. What it finds is collected right away, without another trip through a queue.
   *
   * @param number of the delivery
   */
  poll(jobId: string, number: number): Promise<void> {
    return this.stopping.track(this.pollAndCollect(jobId, number));
  }

  private async pollAndCollect(jobId: string, number: number): Promise<void> {
    try {
      const found = await this.pollStep.run(jobId, number);
      if (found === null) return;
      await this.runner.deliverWaiting(jobId, (job, work) => this.collectStep.run(job, work, found.output));
    } catch (error) {
      this.logger.warn({ job: jobId, err: error }, 'poll failed; the next one is under way');
    }
  }
}
