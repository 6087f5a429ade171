import { randomUUID } from 'node:crypto';
import { forEachLimited } from '#libs/service';
import { finishedVoice } from '../../support/voices.js';
import type { TestPartner } from '../../support/shared-stack.js';
import { perMinute } from './rate.js';
import type { Site } from './site.js';
import { allEnded, type Measured } from './splits.js';

/** The number of embeddings that a worker submits at a time (apps/worker/src/consumers.ts). */
export const submissionsAtATime = 8;

/** A voice whose sample is shared by all voices of the load, so that the load needs no further uploads. */
export class SeedVoice {
  private constructor(
    private readonly site: Site,
    private readonly voiceId: string,
  ) {}

  static async make(site: Site, file: string): Promise<SeedVoice> {
    const partner = await site.partner();
    await finishedVoice(partner, 'seed', file);
    const [voice] = await site.sql<{ id: string }>(
      `SELECT v.id FROM voices v JOIN partners p ON p.id = v.partner_id WHERE p.name = $1`,
      [partner.name],
    );
    if (voice === undefined) throw new Error('The seed voice is gone');
    return new SeedVoice(site, voice.id);
  }

  /** Inserts voices of a partner, named `0` and up. */
  async multiply(partner: TestPartner, count: number): Promise<void> {
    const ids = Array.from({ length: count }, () => randomUUID());
    await this.site.sql(
      `INSERT INTO voices (id, partner_id, name, sample_count, next_sample_index)
       SELECT made.id, p.id, made.name, 1, 2 FROM unnest($2::uuid[], $3::text[]) AS made (id, name), partners p
       WHERE p.name = $1`,
      [partner.name, ids, ids.map((_, at) => String(at))],
    );
    await this.site.sql(
      `INSERT INTO samples (voice_id, index, duration_seconds, object_key, bytes, sha256)
       SELECT made.id, 1, duration_seconds, object_key, bytes, sha256
       FROM unnest($2::uuid[]) AS made (id), samples WHERE samples.voice_id = $1 AND samples.index = 1`,
      [this.voiceId, ids],
    );
  }
}

export interface EmbeddingsMeasured extends Measured {
  /** Average size of the row of an ended job, without indexes. */
  readonly jobRowBytes: number;
}

async function jobRowBytesOf(site: Site, partner: TestPartner): Promise<number> {
  const [row] = await site.sql<{ bytes: number }>(
    `SELECT avg(pg_column_size(j.*))::float8 AS bytes FROM jobs j JOIN partners p ON p.id = j.partner_id
     WHERE p.name = $1`,
    [partner.name],
  );
  return row?.bytes ?? NaN;
}

/**
 * Measures embeddings per minute. Requests all embeddings before the workers submit any. The emulator's GPU takes a
 * fixed time for each and has no limit on concurrent jobs, so it is not the bottleneck.
 *
 * @param load.answerMs duration of every RunPod response to a worker; 0 adds no delay
 */
export async function measureEmbeddings(
  site: Site,
  seed: SeedVoice,
  load: { readonly workers: number; readonly count: number; readonly gpuMs: number; readonly answerMs: number },
): Promise<EmbeddingsMeasured> {
  const { control, link } = site.cluster.gpu;
  await site.runWorkers(load.workers);
  await control.befall({}, { kind: 'instant', afterMs: load.gpuMs });
  await site.pause('embedding-submit');
  const partner = await site.partner();
  await seed.multiply(partner, load.count);
  const names = Array.from({ length: load.count }, (_, at) => String(at));
  await forEachLimited(names, 4, async (name) => {
    const { status } = await partner.http.post(`${partner.route(name)}/embed`);
    if (status !== 202) throw new Error(`embedding ${name}: ${status}`);
  });
  link.delay(load.answerMs / 2); // in each direction
  const use = site.watchCpu();
  await site.resume('embedding-submit');
  const ends = await allEnded(site, partner, 'embed', load.count);
  const cpu = use();
  link.delay(0);
  await site.noteConnections();
  const jobRowBytes = await jobRowBytesOf(site, partner);
  await site.erase(partner);
  return { perMinute: perMinute(ends, submissionsAtATime * load.workers), cpu, count: load.count, jobRowBytes };
}
