import { failures } from '#libs/errors';
import type { JobProgress } from '#libs/database';
import type { StatusResult } from '#libs/runpod';
import type { ProcessingFailure } from '#libs/voices';

/** What is known of a waiting job when it is polled. */
export interface PollFacts {
  /** null: its GPU job's id is not known, so there was nothing to ask. */
  readonly status: StatusResult | null;
  /** Is the handler's result object there? Looked for only when /status has no result to give. */
  readonly resultObject: boolean;
  /** Has /status ever known the job? */
  readonly seen: boolean;
  readonly deadlinePassed: boolean;
  /** Has an outcome that is not known been waited for long enough? */
  readonly waitedLongEnough: boolean;
  /** Has /status said 404 for so long that the job is lost? */
  readonly missingLongEnough: boolean;
  /** How often POST /run was sent. */
  readonly submissions: number;
}

export type PollDecision =
  | { readonly kind: 'collect' }
  | { readonly kind: 'wait'; readonly progress: JobProgress | null }
  | { readonly kind: 'submit_again' }
  | { readonly kind: 'fail'; readonly why: ProcessingFailure };

/** Lost jobs and unknown outcomes are submitted once more, not for ever: a GPU job costs money. */
const maxSubmissions = 2;

const fail = (code: ProcessingFailure['code'], sentence: string): PollDecision => ({
  kind: 'fail',
  why: { code, sentence },
});

/** May the answer of /status leave room for a result that only the result object shows? (runpod-contract.md) */
export function needsResultObject(status: StatusResult | null): boolean {
  return status === null || status.kind === 'missing' || status.kind === 'unreachable';
}

/** What a poll comes to: the rules of runpod-contract.md for what /status said or did not say. */
export function decidePoll(facts: PollFacts): PollDecision {
  const { status } = facts;
  if (status?.kind === 'known' && status.state === 'COMPLETED') return { kind: 'collect' };
  if (facts.resultObject) return { kind: 'collect' };
  if (facts.deadlinePassed) return fail('deadline_passed', failures.deadline_passed.sentence);
  if (status === null) return decideUnknown(facts);
  switch (status.kind) {
    case 'known':
      return decideKnown(status);
    case 'oversized':
      return fail('gpu_output_invalid', status.problem);
    case 'unreachable':
      return { kind: 'wait', progress: null };
    case 'missing':
      return decideMissing(facts);
  }
}

/**
 * RunPod does not know the job and there is no result. A job that it once knew has expired. One that it accepted a moment
 * ago may not be known yet; later it is lost.
 */
function decideMissing(facts: PollFacts): PollDecision {
  if (!facts.seen && !facts.missingLongEnough) return { kind: 'wait', progress: null };
  if (!facts.seen && facts.submissions < maxSubmissions) return { kind: 'submit_again' };
  return fail('gpu_failed', 'The embedding service lost the job before it was finished');
}

/** Neither an id nor a result: the submission may have arrived, or not. */
function decideUnknown(facts: PollFacts): PollDecision {
  if (!facts.waitedLongEnough) return { kind: 'wait', progress: null };
  if (facts.submissions < maxSubmissions) return { kind: 'submit_again' };
  return fail('gpu_outcome_unknown', failures.gpu_outcome_unknown.sentence);
}

function decideKnown(status: Extract<StatusResult, { kind: 'known' }>): PollDecision {
  switch (status.state) {
    case 'COMPLETED':
      return { kind: 'collect' };
    case 'IN_QUEUE':
      return { kind: 'wait', progress: { stage: 'queued', done: 0, of: 1 } };
    case 'IN_PROGRESS':
      return { kind: 'wait', progress: status.progress ?? { stage: 'embedding', done: 0, of: 1 } };
    case 'FAILED':
      return fail('gpu_failed', withReason('The embedding failed', status.error));
    case 'CANCELLED':
      return fail('gpu_failed', 'The embedding job was cancelled at the embedding service');
    case 'TIMED_OUT':
      return fail('gpu_failed', 'The embedding took longer than the embedding service allows');
  }
}

function withReason(sentence: string, reason: string | null): string {
  return reason === null ? sentence : `${sentence}: ${reason}`;
}
