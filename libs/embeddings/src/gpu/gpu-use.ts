import type { JobKind } from '#libs/database';
import type { StatusResult } from '#libs/runpod';
import type { GpuUses } from '#libs/usage';

/** A job of the GPU side, and whose it is. */
interface UsedBy {
  readonly runpodEndpoint: string | null;
  readonly runpodJobId: string | null;
  readonly partnerId: string | null;
  readonly kind: JobKind | null;
}

/**
 * Records how long a job ran on the GPU side, if its status says that it has ended. Failed and cancelled jobs count, because
 * RunPod bills them too. A job whose status RunPod does not know (any more) stays unrecorded.
 */
export async function recordGpuUse(uses: GpuUses, job: UsedBy, status: StatusResult | null): Promise<void> {
  if (status?.kind !== 'known' || status.executionSeconds === null) return;
  const { runpodEndpoint, runpodJobId, partnerId, kind } = job;
  if (runpodEndpoint === null || runpodJobId === null || partnerId === null || kind === null) return;
  await uses.record({ runpodEndpoint, runpodJobId, partnerId, kind, seconds: status.executionSeconds });
}
