import { GpuJobsRepository } from '#libs/embeddings';
import { JobQueues, LostClaim, type ClaimedJob } from '#libs/jobs';

/** Lets jobs wait on the GPU: no worker holds them, polls watch them. */
export class GpuWait {
  constructor(
    private readonly gpuJobs: GpuJobsRepository,
    private readonly queues: JobQueues,
  ) {}

  /**
   * @param runpodJobId null when it is not known (yet), or known already
   * @param delayMs until the first poll
   * @throws LostClaim
   */
  async begin(job: ClaimedJob, runpodJobId: string | null, delayMs: number): Promise<void> {
    const number = await this.gpuJobs.noteWaiting(job, runpodJobId, delayMs);
    if (number === null) throw new LostClaim(job.id, job.generation);
    // Should Redis not take it, the poll that is overdue is found by the reconciler.
    await this.queues.send('embedding-poll', { jobId: job.id, generation: job.generation, number, delayMs });
  }
}
