import type { Logger } from '#libs/logging';
import { JobRunner } from '../running/job-runner.js';
import { Stopping } from '../running/stopping.js';
import { CollectStep } from './collect.step.js';
import { PollStep } from './poll.step.js';
import { SubmitStep } from './submit.step.js';

/** Deliveries of `embedding-submit` and `embedding-poll`. */
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

  /** A poll that is due. What it finds is collected right away, without another trip through a queue. */
  poll(jobId: string): Promise<void> {
    return this.stopping.track(this.pollAndCollect(jobId));
  }

  private async pollAndCollect(jobId: string): Promise<void> {
    try {
      const found = await this.pollStep.run(jobId);
      if (found === null) return;
      await this.runner.deliverWaiting(jobId, (job, work) => this.collectStep.run(job, work, found.output));
    } catch (error) {
      this.logger.warn({ job: jobId, err: error }, 'poll failed; the next one is under way');
    }
  }
}
