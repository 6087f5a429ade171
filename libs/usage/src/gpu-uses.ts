import { Injectable } from '@nestjs/common';
import { Database, type JobKind } from '#libs/database';

/** How long a job ran on the GPU side. */
export interface GpuUse {
  readonly runpodEndpoint: string;
  readonly runpodJobId: string;
  readonly partnerId: string;
  readonly kind: JobKind;
  readonly seconds: number;
}

/** Longer than a month of any time zone, and than a year, so that operators can compare. */
const keptDays = 400;

/** The table `gpu_uses`. */
@Injectable()
export class GpuUses {
  constructor(private readonly database: Database) {}

  /** Records a use. May run twice: a job of the GPU side has one row. Of an erased partner nothing is recorded. */
  async record({ runpodEndpoint, runpodJobId, partnerId, kind, seconds }: GpuUse): Promise<void> {
    await this.database.query(
      `INSERT INTO gpu_uses (runpod_endpoint, runpod_job_id, partner_id, kind, seconds)
       SELECT $1, $2, id, $4, $5 FROM partners WHERE id = $3
       ON CONFLICT (runpod_endpoint, runpod_job_id) DO UPDATE SET seconds = greatest(gpu_uses.seconds, excluded.seconds)
       WHERE gpu_uses.seconds < excluded.seconds`,
      [runpodEndpoint, runpodJobId, partnerId, kind, seconds],
    );
  }
}

/** Deletes uses that no report asks for any more. */
export async function forgetGpuUses(database: Database): Promise<void> {
  await database.query(`DELETE FROM gpu_uses WHERE at < now() - make_interval(days => $1)`, [keptDays]);
}
