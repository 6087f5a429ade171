import { Inject, Injectable } from '@nestjs/common';
import { CollectStep, PollStep } from '#libs/embeddings';
import { LOGGER, type Logger } from '#libs/logging';
import { JobRunner } from './job-runner.js';
import { Stopping } from './stopping.js';

/** Runs polls of GPU jobs. Results that a poll finds are collected at once, without another trip through a queue. */
@Injectable()
export class PollRunner {
  constructor(
    private readonly runner: JobRunner,
    private readonly pollStep: PollStep,
    private readonly collectStep: CollectStep,
    private readonly stopping: Stopping,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Takes a delivery of a poll. Never rejects: if a poll fails, the next one is on its way.
   *
   * @param number of the delivery
   */
  deliver(jobId: string, number: number): Promise<void> {
    return this.stopping.track(this.poll(jobId, number));
  }

  private async poll(jobId: string, number: number): Promise<void> {
    try {
      const found = await this.pollStep.run(jobId, number);
      if (found === null) return;
      await this.runner.deliverToCollect(jobId, (job, work) => this.collectStep.run(job, work, found.output));
    } catch (error) {
      this.logger.warn({ job: jobId, err: error }, 'poll failed, next poll scheduled');
    }
  }
}
