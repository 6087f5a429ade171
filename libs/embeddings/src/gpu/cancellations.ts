import { Inject, Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { deleteCancellation, listCancellations } from '#libs/jobs';
import { LOGGER, type Logger } from '#libs/logging';
import { RunpodClient } from '#libs/runpod';
import { GpuUses } from '#libs/usage';
import { recordGpuUse } from './gpu-use.js';

/** Requests sent at a time. */
const batch = 50;

/** Cancels GPU jobs that are not needed any more. */
@Injectable()
export class GpuCanceller {
  constructor(
    private readonly database: Database,
    private readonly client: RunpodClient,
    private readonly uses: GpuUses,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Sends requested cancellations to RunPod, and records how long the jobs had run. One that it does not receive is sent again for a day. */
  async cancelDue(): Promise<void> {
    for (const cancelled of await listCancellations(this.database, batch)) {
      const { id, runpodEndpoint, runpodJobId, isOld } = cancelled;
      const result = await this.client.cancel(runpodEndpoint, runpodJobId);
      this.logger.info({ runpodJob: runpodJobId, result: result.kind }, 'GPU job cancelled');
      if (result.kind === 'accepted') {
        await recordGpuUse(this.uses, cancelled, await this.client.status(runpodEndpoint, runpodJobId));
      }
      if (result.kind !== 'unreachable' || isOld) await deleteCancellation(this.database, id);
    }
  }
}
