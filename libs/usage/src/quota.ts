import { rowsOf, type Transaction } from '#libs/database';
import { AppError, sizeText } from '#libs/errors';
import { quotaColumns, usedBytes, usedGpuSeconds, usedVoices, type Quotas } from './used-sql.js';

/** What a change needs. */
export interface QuotaNeed {
  readonly voices?: number;
  /** Size of the files that it stores; at least a byte must be left if it is not known. */
  readonly bytes?: number;
  /** A job on the GPU side that it starts, now or after a split. */
  readonly gpuJob?: 'embed' | 'speak';
}

/** What a job on the GPU side counts while it is under way, if the partner has had none of its kind yet. */
const expectedSeconds = { embed: 60, speak: 10 } as const;

/** The jobs whose average is expected of the next one. */
const lastJobs = 20;

/**
 * Refuses a change that would exceed a quota of its partner. Must run in the transaction of the change, before it: until
 * that ends, no other change of the partner is checked, so that parallel requests cannot exceed a quota together.
 *
 * Takes an advisory lock and not the partner's row: an erasure locks the partner before its voices, and a change has locked
 * its voice already.
 *
 * @throws AppError `quota_exceeded`
 */
export async function refuseOverQuota(tx: Transaction, partnerId: string, need: QuotaNeed): Promise<void> {
  const [quotas] = await rowsOf<Quotas>(tx, `SELECT ${quotaColumns} FROM partners WHERE id = $1`, [partnerId]);
  if (quotas === undefined) return; // erased meanwhile: the change itself fails
  const { maxVoices, maxBytes, maxGpuSecondsPerMonth } = quotas;
  const asksGpu = maxGpuSecondsPerMonth !== null && need.gpuJob !== undefined;
  if (maxVoices === null && maxBytes === null && !asksGpu) return;
  await rowsOf(tx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`quota ${partnerId}`]);
  if (maxVoices !== null && need.voices !== undefined) await refuseVoices(tx, partnerId, maxVoices, need.voices);
  if (maxBytes !== null) await refuseBytes(tx, partnerId, maxBytes, need.bytes ?? 1);
  if (asksGpu) await refuseGpuJob(tx, partnerId, maxGpuSecondsPerMonth, need.gpuJob);
}

async function refuseVoices(tx: Transaction, partnerId: string, max: number, more: number): Promise<void> {
  const used = await numberOf(tx, usedVoices, [partnerId]);
  if (used + more > max) throw exceeded(`${max} voices, and ${used} exist`);
}

async function refuseBytes(tx: Transaction, partnerId: string, max: number, more: number): Promise<void> {
  const used = await numberOf(tx, usedBytes, [partnerId]);
  if (used + more > max) throw exceeded(`${sizeText(max)} of files, and ${sizeText(used)} are stored`);
}

/**
 * How long a job takes is known when it has ended. Until then it counts with the average of earlier ones. The only job of a
 * partner is accepted while a part of the quota is left.
 */
async function refuseGpuJob(tx: Transaction, partnerId: string, max: number, kind: 'embed' | 'speak'): Promise<void> {
  const used = await numberOf(tx, usedGpuSeconds, [partnerId]);
  const active = {
    embed: await numberOf(tx, activeEmbeddings, [partnerId]),
    speak: await numberOf(tx, activeSpeeches, [partnerId]),
  };
  const jobs = active.embed + active.speak;
  const expected = {
    embed: await numberOf(tx, averageSeconds, [partnerId, 'embed', expectedSeconds.embed]),
    speak: await numberOf(tx, averageSeconds, [partnerId, 'speak', expectedSeconds.speak]),
  };
  const reserved = active.embed * expected.embed + active.speak * expected.speak + expected[kind];
  if (used < max && (jobs === 0 || used + reserved <= max)) return;
  const underWay = jobs === 0 ? '' : `, and ${jobs} ${jobs === 1 ? 'job is' : 'jobs are'} in progress`;
  throw exceeded(`${max} GPU seconds a month, ${Math.ceil(used)} are used${underWay}`);
}

const isActive = `state IN ('queued', 'running', 'waiting')`;

/** A first split is followed by an embedding. */
const activeEmbeddings = `(SELECT count(*)::int FROM jobs WHERE partner_id = $1 AND ${isActive}
  AND (kind = 'embed' OR (kind = 'split' AND stage = 'samples' AND (params->>'first')::boolean)))`;
const activeSpeeches = `(SELECT count(*)::int FROM jobs WHERE partner_id = $1 AND ${isActive} AND kind = 'speak')`;

const averageSeconds = `(SELECT coalesce(avg(seconds), $3::float8) FROM (
  SELECT seconds FROM gpu_uses WHERE partner_id = $1 AND kind = $2 ORDER BY at DESC LIMIT ${lastJobs}) last_jobs)`;

async function numberOf(tx: Transaction, sql: string, values: readonly unknown[]): Promise<number> {
  const [row] = await rowsOf<{ n: number }>(tx, `SELECT ${sql} AS n`, values);
  if (row === undefined) throw new Error('A statement without FROM has returned no row');
  return row.n;
}

const exceeded = (what: string): AppError =>
  AppError.saying('quota_exceeded', `Quota exceeded: the partner may have ${what}`);
