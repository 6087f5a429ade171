import { JobRunner } from '../running/job-runner.js';
import { SplitStep } from './split.step.js';

/** Deliveries of the `splitting` queue. */
export class SplittingProcessor {
  constructor(
    private readonly runner: JobRunner,
    private readonly step: SplitStep,
  ) {}

  deliver(jobId: string): Promise<void> {
    return this.runner.deliver(jobId, (job, work) => this.step.run(job, work));
  }
}
