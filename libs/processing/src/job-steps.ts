import { Injectable } from '@nestjs/common';
import { CollectStep, SubmitStep } from '#libs/embeddings';
import type { GpuJob, Job, Work } from '#libs/jobs';
import { SplitStep } from '#libs/samples';
import { ImportStep } from '#libs/transfer';
import { JobRunner } from './job-runner.js';

/** Runs the stage that a job is at. Whatever queue a delivery came from, the row says what is done. */
@Injectable()
export class JobSteps {
  constructor(
    private readonly runner: JobRunner,
    private readonly split: SplitStep,
    private readonly importing: ImportStep,
    private readonly submit: SubmitStep,
    private readonly collect: CollectStep,
  ) {}

  /** Takes a delivery of a job. Never rejects: the row has the outcome. */
  deliver(jobId: string): Promise<void> {
    return this.runner.deliver(jobId, (job, work) => this.run(job, work));
  }

  private run(job: Job, work: Work): Promise<void> {
    switch (job.kind) {
      case 'split':
        return this.split.run(job, work); // one run does both stages
      case 'import':
        return this.importing.run(job, work);
      case 'embed':
      case 'speak':
        return this.onGpu(job, work);
    }
  }

  private onGpu(job: GpuJob, work: Work): Promise<void> {
    switch (job.stage) {
      case 'submit':
        return this.submit.run(job);
      case 'collect':
        return this.collect.run(job, work); // taken over from a worker that died over it
    }
  }
}
