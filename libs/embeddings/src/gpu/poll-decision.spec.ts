import { describe, expect, it } from '@jest/globals';
import { failures } from '#libs/errors';
import { runpodStates, type RunpodState, type StatusResult } from '#libs/runpod';
import { decidePoll, needsResultObject, type PollDecision, type PollFacts } from './poll-decision.js';

const known = (state: RunpodState, error: string | null = null): StatusResult => ({
  kind: 'known',
  state,
  output: undefined,
  error,
  progress: null,
  executionSeconds: null,
});
const missing: StatusResult = { kind: 'missing' };
const unreachable: StatusResult = { kind: 'unreachable', retryAfterMs: 1_000, detail: 'HTTP 500' };
const oversized: StatusResult = { kind: 'oversized', problem: 'The result is larger than 1 MiB' };

/** A recent submission whose job RunPod has not reported yet. */
const facts = (status: StatusResult | null, more: Partial<PollFacts> = {}): PollFacts => ({
  kind: 'embed',
  status,
  resultObject: false,
  seen: false,
  deadlinePassed: false,
  waitedLongEnough: false,
  missingLongEnough: false,
  submissions: 1,
  ...more,
});

const told = (decision: PollDecision): string =>
  decision.kind === 'fail' ? `fail ${decision.why.code}` : decision.kind;

describe('decidePoll', () => {
  // docs/gpu-contract.md, "What Timbre relies on": the answer of /status, what else is known, the decision.
  const rules: readonly (readonly [string, PollFacts, string])[] = [
    ['completed', facts(known('COMPLETED')), 'collect'],
    ['completed in the last moment', facts(known('COMPLETED'), { deadlinePassed: true }), 'collect'],
    ['queued', facts(known('IN_QUEUE')), 'wait'],
    ['queued for ever', facts(known('IN_QUEUE'), { deadlinePassed: true }), 'fail deadline_passed'],
    ['queued for long, the outcome is known', facts(known('IN_QUEUE'), { waitedLongEnough: true }), 'wait'],
    ['running', facts(known('IN_PROGRESS'), { seen: true }), 'wait'],
    ['running too long', facts(known('IN_PROGRESS'), { deadlinePassed: true }), 'fail deadline_passed'],
    ['failed', facts(known('FAILED')), 'fail gpu_failed'],
    ['cancelled there', facts(known('CANCELLED')), 'fail gpu_failed'],
    ['timed out there', facts(known('TIMED_OUT')), 'fail gpu_failed'],
    ['a huge answer', facts(oversized), 'fail gpu_output_invalid'],

    ['404 but the result is here', facts(missing, { resultObject: true, seen: true }), 'collect'],
    ['404 of a job once seen', facts(missing, { seen: true }), 'fail gpu_failed'],
    ['404 of a job just submitted', facts(missing), 'wait'],
    ['404 long after the submission, but not for long', facts(missing, { waitedLongEnough: true }), 'wait'],
    ['404 for long, once submitted', facts(missing, { missingLongEnough: true }), 'submit_again'],
    ['404 for long but the result is here', facts(missing, { missingLongEnough: true, resultObject: true }), 'collect'],
    ['404 for long, twice submitted', facts(missing, { missingLongEnough: true, submissions: 2 }), 'fail gpu_failed'],
    ['404 for long of a job once seen', facts(missing, { missingLongEnough: true, seen: true }), 'fail gpu_failed'],
    [
      '404 for long, past the deadline',
      facts(missing, { missingLongEnough: true, deadlinePassed: true }),
      'fail deadline_passed',
    ],
    ['out of reach', facts(unreachable), 'wait'],
    ['out of reach but the result is here', facts(unreachable, { resultObject: true }), 'collect'],
    ['out of reach for long: never submitted again', facts(unreachable, { waitedLongEnough: true }), 'wait'],
    ['out of reach till the end', facts(unreachable, { deadlinePassed: true }), 'fail deadline_passed'],
    [
      'out of reach till the end but the result is here',
      facts(unreachable, { deadlinePassed: true, resultObject: true }),
      'collect',
    ],

    ['a failed speech', facts(known('FAILED'), { kind: 'speak' }), 'fail gpu_failed'],
    ['a late speech', facts(known('IN_QUEUE'), { kind: 'speak', deadlinePassed: true }), 'fail speech_deadline_passed'],
    ['no id', facts(null), 'wait'],
    ['no id but the result is here', facts(null, { resultObject: true }), 'collect'],
    ['no id for long', facts(null, { waitedLongEnough: true }), 'submit_again'],
    ['no id for long, twice', facts(null, { waitedLongEnough: true, submissions: 2 }), 'fail gpu_outcome_unknown'],
    ['no id till the end', facts(null, { waitedLongEnough: true, deadlinePassed: true }), 'fail deadline_passed'],
  ];

  it.each(rules)('%s', (_name, known, expected) => {
    expect(told(decidePoll(known))).toBe(expected);
  });

  const yesNo = [false, true];
  const statuses = [null, missing, unreachable, oversized, ...runpodStates.map((state) => known(state))];
  const every: readonly PollFacts[] = statuses.flatMap((status) =>
    yesNo.flatMap((seen) =>
      yesNo.flatMap((resultObject) =>
        yesNo.flatMap((deadlinePassed) =>
          yesNo.flatMap((waitedLongEnough) =>
            yesNo.flatMap((missingLongEnough) =>
              [1, 2, 3].map((submissions) => ({
                kind: 'embed' as const,
                ...{ status, seen, resultObject, deadlinePassed },
                ...{ waitedLongEnough, missingLongEnough, submissions },
              })),
            ),
          ),
        ),
      ),
    ),
  );

  it('never waits after the deadline, submits a third time or pays for a running job again', () => {
    for (const known of every) {
      const decision = told(decidePoll(known));
      if (known.deadlinePassed) expect(['wait', 'submit_again']).not.toContain(decision);
      if (known.submissions >= 2) expect(decision).not.toBe('submit_again');
      // Only a job that RunPod does not know, or never confirmed, may be paid for twice.
      const isUnknown = known.status === null && known.waitedLongEnough;
      const isLost = known.status?.kind === 'missing' && !known.seen && known.missingLongEnough;
      if (!isUnknown && !isLost) expect(decision).not.toBe('submit_again');
      if (known.resultObject && needsResultObject(known.status)) expect(decision).toBe('collect');
    }
  });

  it('passes on the progress of the GPU side', () => {
    const progress = { stage: 'testing', done: 3, of: 12 } as const;
    const running = { ...known('IN_PROGRESS'), progress } as StatusResult;
    expect(decidePoll(facts(running))).toEqual({ kind: 'wait', progress });
    expect(decidePoll(facts(known('IN_PROGRESS')))).toEqual({
      kind: 'wait',
      progress: { stage: 'embedding', done: 0, of: 1 },
    });
    expect(decidePoll(facts(known('IN_QUEUE')))).toEqual({
      kind: 'wait',
      progress: { stage: 'queued', done: 0, of: 1 },
    });
    expect(decidePoll(facts(unreachable))).toEqual({ kind: 'wait', progress: null });
  });

  it('gives the reason of a failure in one sentence', () => {
    const sentence = (known: PollFacts): string | null => {
      const decision = decidePoll(known);
      return decision.kind === 'fail' ? decision.why.sentence : null;
    };
    expect(sentence(facts(known('FAILED', 'CUDA out of memory')))).toBe('The embedding failed: CUDA out of memory');
    expect(sentence(facts(known('FAILED')))).toBe('The embedding failed');
    expect(sentence(facts(oversized))).toBe('The result is larger than 1 MiB');
    expect(sentence(facts(known('IN_QUEUE'), { deadlinePassed: true }))).toBe(failures.deadline_passed.sentence);
  });
});

describe('needsResultObject', () => {
  it('is true only when /status has no result to give', () => {
    expect([null, missing, unreachable].map(needsResultObject)).toEqual([true, true, true]);
    expect([oversized, ...runpodStates.map((state) => known(state))].some(needsResultObject)).toBe(false);
  });
});
