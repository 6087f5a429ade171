import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { cancelUnlessAwaited, JobQueues, LostClaim, waitOnGpu, type AcceptedGpuJob, type GpuJob } from '#libs/jobs';

/** Lets jobs wait on the GPU: no worker holds them, and polls watch them. */
@Injectable()
export class GpuWait {
  constructor(
    private readonly database: Database,
    private readonly queues: JobQueues,
  ) {}

  /**
   * Starts the wait and sends the first poll. If the claim is lost and nobody waits for the accepted GPU job, it is
   * cancelled.
   *
   * @param accepted null when the GPU job is not known, or stored already
   * @param delayMs until the first poll
   * @throws LostClaim
   */
  async start(job: GpuJob, accepted: AcceptedGpuJob | null, delayMs: number): Promise<void> {
    const number = await waitOnGpu(this.database, job, accepted?.id ?? null, delayMs);
    if (number === null) {
      if (accepted !== null) await cancelUnlessAwaited(this.database, job, accepted);
      throw new LostClaim(job);
    }
    // If Redis does not take the delivery, recovery finds the overdue poll.
    await this.queues.send('embedding-poll', { jobId: job.id, generation: job.generation, number, delayMs });
  }
}
