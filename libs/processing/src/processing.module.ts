import { Module } from '@nestjs/common';
import { GpuModule } from '#libs/embeddings';
import { Recovery } from '#libs/jobs';
import { RetentionModule } from '#libs/retention';
import { SplitStepModule } from '#libs/samples';
import { ImportStepModule } from '#libs/transfer';
import { JobRunner } from './job-runner.js';
import { JobSteps } from './job-steps.js';
import { PollRunner } from './poll-runner.js';
import { Processing } from './processing.js';
import { RecoveredJobs } from './recovered-jobs.js';
import { RunOutcomes } from './run-outcomes.js';
import { Stopping } from './stopping.js';

/** Runs jobs, for workers. An API needs only `Processing` and `ConsentRevocations`. */
@Module({
  imports: [GpuModule, ImportStepModule, RetentionModule, SplitStepModule],
  providers: [JobRunner, JobSteps, PollRunner, Processing, RecoveredJobs, Recovery, RunOutcomes, Stopping],
  exports: [JobSteps, PollRunner, RecoveredJobs, Recovery, Stopping],
})
export class ProcessingModule {}
