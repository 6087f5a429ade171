import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database';
import { monthStart, quotaColumns, usedBytes, usedGpuSeconds, usedVoices, type Quotas } from './used-sql.js';

/** What a partner uses now, and what it may use. */
export interface PartnerUsage extends Quotas {
  readonly voices: number;
  readonly samples: number;
  /** Of all samples. */
  readonly seconds: number;
  /** Of all stored files. */
  readonly bytes: number;
  /** Successful embeddings: one for each voice and tts type. */
  readonly embeddings: number;
  /** Since `since`. */
  readonly gpuSeconds: number;
  /** The start of this month, in UTC. */
  readonly since: Date;
  readonly keepOriginalsDays: number | null;
}

/** Reads what partners use. */
@Injectable()
export class UsageRepository {
  constructor(private readonly database: Database) {}

  /** @returns null if there is no such partner */
  async find(partnerId: string): Promise<PartnerUsage | null> {
    const [row] = await this.database.query<PartnerUsage>(
      `WITH counted AS (
         SELECT count(*)::int AS samples, coalesce(sum(duration_seconds), 0) AS seconds
         FROM samples WHERE voice_id IN (SELECT id FROM voices WHERE partner_id = $1)
       )
       SELECT ${usedVoices} AS voices, samples, seconds, ${usedBytes} AS bytes,
         (SELECT count(*)::int FROM embeddings JOIN voices ON voices.id = voice_id
          WHERE partner_id = $1 AND zip_key IS NOT NULL) AS embeddings,
         ${usedGpuSeconds} AS "gpuSeconds", ${monthStart} AS since,
         ${quotaColumns}, keep_originals_days AS "keepOriginalsDays"
       FROM partners, counted WHERE partners.id = $1`,
      [partnerId],
    );
    return row ?? null;
  }
}
