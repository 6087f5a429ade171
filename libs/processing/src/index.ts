export { ConsentRevocations } from './consent-revocations.js';
export { JobSteps } from './job-steps.js';
export { PollRunner } from './poll-runner.js';
export { Processing } from './processing.js';
export { ProcessingModule } from './processing.module.js';
export { RecoveredJobs } from './recovered-jobs.js';
export { Stopping } from './stopping.js';
