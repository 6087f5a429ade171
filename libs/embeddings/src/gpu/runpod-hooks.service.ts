import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { AppError } from '#libs/errors';
import { findHookedJob, JobQueues, requestCancellation, takeHint, type HookedJob } from '#libs/jobs';
import { parseHook } from './hook-token.js';

/** A webhook whose token belongs to a job. */
export interface KnownHook {
  readonly hookToken: string;
  readonly submittedGeneration: number;
  readonly job: HookedJob;
}

/** Takes webhooks of the GPU side as hints. The truth is then read from /status. */
@Injectable()
export class RunpodHooksService {
  constructor(
    private readonly database: Database,
    private readonly queues: JobQueues,
  ) {}

  /**
   * Finds the job that a webhook is about.
   *
   * @param part the last part of the webhook's URL
   * @throws AppError `not_found` when no job has this token
   */
  async find(part: string): Promise<KnownHook> {
    const hook = parseHook(part);
    const job = hook && (await findHookedJob(this.database, hook.hookToken));
    if (!hook || !job) throw AppError.of('not_found');
    return { ...hook, job };
  }

  /** Takes a hint. A hint about another GPU job than ours reveals a straggler, which is cancelled. */
  async hint(hook: KnownHook, runpodJobId: string): Promise<void> {
    const taken = await takeHint(this.database, hook.hookToken, hook.submittedGeneration, runpodJobId);
    if (taken !== null) {
      // Not awaited: if Redis does not take the delivery, recovery finds the overdue poll.
      void this.queues.send('embedding-hint', { jobId: taken.id, generation: taken.generation, number: taken.nudges });
      return;
    }
    if (!isStraggler(hook.job, hook.submittedGeneration, runpodJobId)) return;
    const straggler = { ...hook.job, runpodEndpoint: hook.job.endpoint, runpodJobId };
    await this.database.run((tx) => requestCancellation(tx, straggler));
  }
}

/**
 * Whether nobody waits for this GPU job. While the answer of POST /run is under way, the job's webhook may come first, so
 * an unknown id of the current submission is no straggler.
 */
function isStraggler(known: HookedJob, submittedGeneration: number, runpodJobId: string): boolean {
  if (known.runpodJobId !== null) return known.runpodJobId !== runpodJobId;
  return known.ended || known.submittedGeneration !== submittedGeneration;
}
