import { Injectable } from '@nestjs/common';
import { Database, GpuCancellationEntity } from '#libs/database';
import { AppError } from '#libs/errors';
import { JobQueues } from '#libs/jobs';
import { GpuJobsRepository } from './gpu-jobs.repository.js';
import { parseHook } from './hook-token.js';

/** Webhooks of the GPU side: hints. The truth is then read from /status. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly database: Database,
    private readonly gpuJobs: GpuJobsRepository,
    private readonly queues: JobQueues,
  ) {}

  /**
   * Takes a hint. One that names another GPU job than ours reveals a straggler, which is cancelled.
   *
   * @param part the last part of the webhook's URL
   * @throws AppError `not_found` when no job has this token
   */
  async hint(part: string, runpodJobId: string): Promise<void> {
    const hook = parseHook(part);
    const known = hook && (await this.gpuJobs.ofHook(hook.hookToken));
    if (!hook || !known) throw AppError.of('not_found');
    const taken = await this.gpuJobs.takeHint(hook.hookToken, hook.submittedGeneration, runpodJobId);
    if (taken !== null) {
      // Not waited for: should Redis not take it, the poll that is due is found by the reconciler.
      void this.queues.send('embedding-poll', { jobId: taken.id, generation: taken.generation, number: taken.nudges });
      return;
    }
    const { endpoint } = known;
    if (endpoint === null || known.runpodJobId === null || known.runpodJobId === runpodJobId) return;
    await this.database.run((manager) =>
      manager.insert(GpuCancellationEntity, { runpodEndpoint: endpoint, runpodJobId }),
    );
  }
}
