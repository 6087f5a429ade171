import { Injectable } from '@nestjs/common';
import { Database, GpuCancellationEntity } from '#libs/database';
import { AppError } from '#libs/errors';
import { JobQueues } from '#libs/jobs';
import { GpuJobsRepository, type HookedJob } from './gpu-jobs.repository.js';
import { parseHook } from './hook-token.js';

/** A webhook whose token is one of ours. */
export interface KnownHook {
  readonly hookToken: string;
  readonly submittedGeneration: number;
  readonly job: HookedJob;
}

/** Webhooks of the GPU side: hints. The truth is then read from /status. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly database: Database,
    private readonly gpuJobs: GpuJobsRepository,
    private readonly queues: JobQueues,
  ) {}

  /**
   * Which job a webhook is about.
   *
   * @param part the last part of the webhook's URL
   * @throws AppError `not_found` when no job has this token
   */
  async find(part: string): Promise<KnownHook> {
    const hook = parseHook(part);
    const job = hook && (await this.gpuJobs.ofHook(hook.hookToken));
    if (!hook || !job) throw AppError.of('not_found');
    return { ...hook, job };
  }

  /** Takes a hint. One that names another GPU job than ours reveals a straggler, which is cancelled. */
  async hint(hook: KnownHook, runpodJobId: string): Promise<void> {
    const taken = await this.gpuJobs.takeHint(hook.hookToken, hook.submittedGeneration, runpodJobId);
    if (taken !== null) {
      // Not waited for: should Redis not take it, the poll that is due is found by the reconciler.
      void this.queues.send('embedding-hint', { jobId: taken.id, generation: taken.generation, number: taken.nudges });
      return;
    }
    const { endpoint } = hook.job;
    if (endpoint === null || !isStraggler(hook.job, hook.submittedGeneration, runpodJobId)) return;
    await this.database.run((manager) =>
      manager.insert(GpuCancellationEntity, { runpodEndpoint: endpoint, runpodJobId }),
    );
  }
}

/** Is it a GPU job nobody waits for? While the answer of POST /run is under way, a webhook of it may come first. */
function isStraggler(known: HookedJob, submittedGeneration: number, runpodJobId: string): boolean {
  if (known.runpodJobId !== null) return known.runpodJobId !== runpodJobId;
  return known.ended || known.submittedGeneration !== submittedGeneration;
}
