import type { Logger } from '#libs/logging';
import { RunpodClient } from '#libs/runpod';
import { StoredObjectsRepository } from './stored-objects.repository.js';

/** Tells RunPod which jobs are not wanted any more, until it has heard or a day has passed. */
export class GpuCanceller {
  constructor(
    private readonly rows: StoredObjectsRepository,
    private readonly client: RunpodClient,
    private readonly logger: Logger,
  ) {}

  async cancelDue(): Promise<void> {
    for (const { id, runpodEndpoint, runpodJobId, old } of await this.rows.cancellations(50)) {
      const result = await this.client.cancel(runpodEndpoint, runpodJobId);
      this.logger.info({ runpodJob: runpodJobId, result: result.kind }, 'GPU job cancelled');
      if (result.kind !== 'unreachable' || old) await this.rows.strikeCancellation(id);
    }
  }
}
