import { forEachLimited } from '#libs/service';
import { fileSource, uploadVoice } from '../upload.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { waitFor } from '../../support/wait-for.js';
import { perMinute } from './rate.js';
import { freshNames, type CpuUse, type Site } from './site.js';

/** The result of a load: its rate and the CPU time it took. */
export interface Measured {
  readonly perMinute: number;
  readonly cpu: CpuUse;
  readonly count: number;
}

export interface SplitsMeasured extends Measured {
  /** CPU time of the API during the uploads. */
  readonly uploadCpu: CpuUse;
}

/** Returns when each job of a partner ended, by Postgres' clock. */
async function endsOf(site: Site, partner: TestPartner, kind: 'split' | 'embed'): Promise<readonly number[]> {
  const rows = await site.sql<{ at: number }>(
    `SELECT extract(epoch FROM j.finished_at)::float8 AS at FROM jobs j JOIN partners p ON p.id = j.partner_id
     WHERE p.name = $1 AND j.kind = $2 AND j.state = 'completed'`,
    [partner.name, kind],
  );
  return rows.map(({ at }) => at);
}

/** Waits until all jobs have completed. Polls rarely, because the end times are read from the rows later. */
export async function allEnded(
  site: Site,
  partner: TestPartner,
  kind: 'split' | 'embed',
  count: number,
): Promise<readonly number[]> {
  let ends: readonly number[] = [];
  const look = async (): Promise<boolean> => {
    ends = await endsOf(site, partner, kind);
    return ends.length >= count;
  };
  await waitFor(`${count} ${kind} jobs to be completed`, look, { everyMs: 250, timeoutMs: 600_000 });
  return ends;
}

/**
 * Measures splits per minute. Uploads all recordings before the workers start, and keeps their embeddings from being
 * submitted.
 *
 * @param look called with the results before they are erased
 */
export async function measureSplits(
  site: Site,
  load: { readonly workers: number; readonly file: string; readonly count: number },
  look: (partner: TestPartner) => Promise<void> = () => Promise.resolve(),
): Promise<SplitsMeasured> {
  await site.runWorkers(load.workers);
  await Promise.all([site.pause('splitting'), site.pause('embedding-submit')]);
  const partner = await site.partner();
  const source = await fileSource(load.file);
  const uploadUse = site.watchCpu();
  await forEachLimited(freshNames(load.count), 4, (name) => uploadVoice(partner, name, source));
  const uploadCpu = uploadUse();
  const use = site.watchCpu();
  await site.resume('splitting');
  const ends = await allEnded(site, partner, 'split', load.count);
  const cpu = use();
  await site.noteConnections();
  await look(partner);
  await site.erase(partner);
  await site.resume('embedding-submit');
  return { perMinute: perMinute(ends, load.workers), cpu, uploadCpu, count: load.count };
}
