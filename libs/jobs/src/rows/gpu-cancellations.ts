import {
  GpuCancellationEntity,
  rowsOf,
  type Database,
  type JobEntity,
  type JobKind,
  type Transaction,
} from '#libs/database';
import type { GpuJob } from '../job.js';
import { activeStates } from '../job-states.js';
import { inState } from './move-sql.js';

/** A GPU job whose result nobody needs. */
export interface GpuCancellation {
  readonly id: string;
  readonly runpodEndpoint: string;
  readonly runpodJobId: string;
  /** Whose job it was; null if an older process has requested it. So is the kind. */
  readonly partnerId: string | null;
  readonly kind: JobKind | null;
  /** Requested more than a day ago. */
  readonly isOld: boolean;
}

/** Requests the cancellation of a job on the GPU side, if it is there. The worker sends it to RunPod. */
export async function requestCancellation(
  tx: Transaction,
  job: Pick<JobEntity, 'partnerId' | 'kind' | 'runpodEndpoint' | 'runpodJobId'>,
): Promise<void> {
  const { partnerId, kind, runpodEndpoint, runpodJobId } = job;
  if (runpodEndpoint === null || runpodJobId === null) return;
  await tx.insert(GpuCancellationEntity, { runpodEndpoint, runpodJobId, partnerId, kind });
}

/** A job on the GPU side, as the answer of POST /run named it. */
export interface AcceptedGpuJob {
  readonly endpoint: string;
  readonly id: string;
}

/**
 * Requests the cancellation of a GPU job that was accepted for a claim that is lost, unless another claim waits for it:
 * the job was cancelled, or its voice deleted, while POST /run was under way.
 */
export async function cancelUnlessAwaited(
  database: Database,
  job: GpuJob,
  { endpoint, id }: AcceptedGpuJob,
): Promise<void> {
  await database.query(
    `INSERT INTO gpu_cancellations (runpod_endpoint, runpod_job_id, partner_id, kind)
     SELECT $1, $2, $3::uuid, $4 WHERE NOT EXISTS (
       SELECT 1 FROM jobs WHERE jobs.id = $5 AND ${inState(...activeStates)} AND jobs.submitted_generation = $6)`,
    [endpoint, id, job.partnerId, job.kind, job.id, job.generation],
  );
}

/** Requests the cancellation of all GPU jobs of these voices. The worker sends it to RunPod. */
export async function cancelGpuJobs(tx: Transaction, voiceIds: readonly string[]): Promise<void> {
  const onGpu = await rowsOf<Omit<GpuCancellation, 'id' | 'isOld'>>(
    tx,
    `SELECT runpod_endpoint AS "runpodEndpoint", runpod_job_id AS "runpodJobId", partner_id AS "partnerId", kind FROM jobs
     WHERE voice_id = ANY($1) AND ${inState(...activeStates)} AND runpod_job_id IS NOT NULL`,
    [voiceIds],
  );
  if (onGpu.length > 0) await tx.insert(GpuCancellationEntity, onGpu);
}

/** Requested cancellations, oldest first. */
export function listCancellations(database: Database, limit: number): Promise<GpuCancellation[]> {
  return database.query(
    `SELECT id, runpod_endpoint AS "runpodEndpoint", runpod_job_id AS "runpodJobId",
       partner_id AS "partnerId", kind, created_at < now() - interval '1 day' AS "isOld"
     FROM gpu_cancellations ORDER BY id LIMIT $1`,
    [limit],
  );
}

/** Deletes a request that was sent or given up. */
export async function deleteCancellation(database: Database, id: string): Promise<void> {
  await database.query('DELETE FROM gpu_cancellations WHERE id = $1', [id]);
}
