export {
  admit,
  closedBreaker,
  failed,
  succeeded,
  type Admission,
  type Breaker,
  type BreakerSettings,
} from './circuit-breaker.js';
export { readJobError } from './job-error.js';
export {
  longestOutputBytes,
  parseOutput,
  type DeliveredObject,
  type DeliveredTestSample,
  type EmbeddingOutput,
  type OutputExpectation,
  type SampleScore,
} from './job-output.js';
export { parseProgress, type JobProgress } from './job-progress.js';
export {
  isRunpodJobId,
  isRunpodState,
  parseWebhook,
  runpodStates,
  type RunpodState,
  type WebhookHint,
} from './job-state.js';
export { pollDelayMs, pollDelaysMs } from './poll-delay.js';
export type { Reading } from './reading.js';
export { RequestLimiter } from './request-limiter.js';
export {
  buildRunRequest,
  testSamplesInOrder,
  type BuiltRunRequest,
  type RequestSample,
  type RequestTestSample,
  type RunRequest,
  type TestSampleId,
} from './run-request.js';
export type { RunResult } from './run-result.js';
export {
  RunpodClient,
  type RequestOptions,
  type RunpodCall,
  type RunpodClientOptions,
  type RunpodOutcome,
} from './runpod-client.js';
export type { CancelResult, HealthResult, StatusResult, Unreachable } from './status-result.js';
export { runpodLimits, type RequestLimit } from './token-bucket.js';
