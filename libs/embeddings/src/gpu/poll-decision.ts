import { failures } from '#libs/errors';
import type { JobProgress } from '#libs/database';
import type { GpuJob, JobFailure } from '#libs/jobs';
import type { StatusResult } from '#libs/runpod';

/** What is known of a waiting job when it is polled. */
export interface PollFacts {
  readonly kind: GpuJob['kind'];
  /** null: the id of its GPU job is not known, so /status was not asked. */
  readonly status: StatusResult | null;
  /** Whether the handler's result object exists. Looked for only when /status has no result to give. */
  readonly resultObject: boolean;
  /** Whether /status has ever known the job. */
  readonly seen: boolean;
  readonly deadlinePassed: boolean;
  /** Whether a submission with an unknown outcome has been waited for long enough. */
  readonly waitedLongEnough: boolean;
  /** Whether /status has answered 404 for so long that the job is lost. */
  readonly missingLongEnough: boolean;
  /** How often POST /run was sent. */
  readonly submissions: number;
}

export type PollDecision =
  | { readonly kind: 'collect' }
  | { readonly kind: 'wait'; readonly progress: JobProgress | null }
  | { readonly kind: 'submit_again' }
  | { readonly kind: 'fail'; readonly why: JobFailure };

/** Lost jobs and unknown outcomes are submitted once more, not forever: a GPU job costs money. */
const maxSubmissions = 2;

/** What a client reads when the GPU side ends a job. */
const sentences = {
  embed: {
    failed: 'The embedding failed',
    cancelled: 'The embedding job was cancelled at the embedding service',
    timedOut: 'The embedding took longer than the embedding service allows',
    deadline: 'deadline_passed',
  },
  speak: {
    failed: 'The text could not be spoken',
    cancelled: 'The speech was cancelled at the embedding service',
    timedOut: 'Speaking took longer than the embedding service allows',
    deadline: 'speech_deadline_passed',
  },
} as const satisfies Readonly<Record<GpuJob['kind'], object>>;

/** The failure of a job that was not finished in time. */
export const deadlineFailure = (kind: GpuJob['kind']): 'deadline_passed' | 'speech_deadline_passed' =>
  sentences[kind].deadline;

const fail = (code: JobFailure['code'], sentence: string): PollDecision => ({ kind: 'fail', why: { code, sentence } });

/** Whether a result may exist that the answer of /status does not show (docs/gpu-contract.md). */
export function needsResultObject(status: StatusResult | null): boolean {
  return status === null || status.kind === 'missing' || status.kind === 'unreachable';
}

/** Decides what follows from a poll, by the rules of docs/gpu-contract.md. */
export function decidePoll(facts: PollFacts): PollDecision {
  const { status } = facts;
  if (status?.kind === 'known' && status.state === 'COMPLETED') return { kind: 'collect' };
  if (facts.resultObject) return { kind: 'collect' };
  if (facts.deadlinePassed) {
    const code = deadlineFailure(facts.kind);
    return fail(code, failures[code].sentence);
  }
  if (status === null) return decideUnknown(facts);
  switch (status.kind) {
    case 'known':
      return decideKnown(status, facts.kind);
    case 'oversized':
      return fail('gpu_output_invalid', status.problem);
    case 'unreachable':
      return { kind: 'wait', progress: null };
    case 'missing':
      return decideMissing(facts);
  }
}

/**
 * /status answered 404 and there is no result. A job that RunPod once knew has expired. A job that it accepted a moment
 * ago may not be known yet; later it is lost.
 */
function decideMissing(facts: PollFacts): PollDecision {
  if (!facts.seen && !facts.missingLongEnough) return { kind: 'wait', progress: null };
  if (!facts.seen && facts.submissions < maxSubmissions) return { kind: 'submit_again' };
  return fail('gpu_failed', 'The embedding service lost the job before it was finished');
}

/** There is neither an id nor a result: the submission may have arrived or not. */
function decideUnknown(facts: PollFacts): PollDecision {
  if (!facts.waitedLongEnough) return { kind: 'wait', progress: null };
  if (facts.submissions < maxSubmissions) return { kind: 'submit_again' };
  return fail('gpu_outcome_unknown', failures.gpu_outcome_unknown.sentence);
}

function decideKnown(status: Extract<StatusResult, { kind: 'known' }>, kind: GpuJob['kind']): PollDecision {
  switch (status.state) {
    case 'COMPLETED':
      return { kind: 'collect' };
    case 'IN_QUEUE':
      return { kind: 'wait', progress: { stage: 'queued', done: 0, of: 1 } };
    case 'IN_PROGRESS':
      return { kind: 'wait', progress: status.progress ?? { stage: 'embedding', done: 0, of: 1 } };
    case 'FAILED':
      return fail('gpu_failed', withReason(sentences[kind].failed, status.error));
    case 'CANCELLED':
      return fail('gpu_failed', sentences[kind].cancelled);
    case 'TIMED_OUT':
      return fail('gpu_failed', sentences[kind].timedOut);
  }
}

function withReason(sentence: string, reason: string | null): string {
  return reason === null ? sentence : `${sentence}: ${reason}`;
}
