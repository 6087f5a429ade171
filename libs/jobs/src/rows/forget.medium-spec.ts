import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Domain } from '../../../../test/support/domain.js';
import { forgetEndedJobs } from './forget.js';

describe('forgetEndedJobs', () => {
  let domain: Domain;
  beforeAll(async () => {
    domain = await Domain.open();
  });
  afterAll(() => domain.close());

  const queuedJob = async (): Promise<{ readonly id: string; readonly voiceId: string }> => {
    const voiceId = await domain.uploadedVoice();
    return { id: await domain.jobId(voiceId, 'split'), voiceId };
  };

  it('deletes jobs that ended long ago, completed or failed, and no others', async () => {
    const ended = async (state: 'completed' | 'failed', daysAgo: number): Promise<string> => {
      const { id } = await queuedJob();
      const finished = `now() - make_interval(days => $3, hours => 1)`;
      await domain.database.query(`UPDATE jobs SET state = $2, finished_at = ${finished} WHERE id = $1`, [
        id,
        state,
        daysAgo,
      ]);
      return id;
    };
    const old = [await ended('completed', 30), await ended('failed', 400)];
    const kept = [await ended('completed', 29), await ended('failed', 0), (await queuedJob()).id];
    await domain.database.query(`UPDATE jobs SET created_at = now() - interval '1 year' WHERE id = $1`, [kept[2]]);
    await forgetEndedJobs(domain.database, 30);
    const left = await domain.database.query<{ id: string }>('SELECT id FROM jobs WHERE id = ANY($1)', [
      [...old, ...kept],
    ]);
    expect(left.map(({ id }) => id).sort()).toEqual(kept.sort());
  });

  it('deletes as many as there are, from two processes at once', async () => {
    const { id, voiceId } = await queuedJob();
    await domain.database.query(
      `INSERT INTO jobs (voice_id, partner_id, kind, stage, params, state, finished_at)
       SELECT voice_id, partner_id, kind, stage, params, 'completed', now() - interval '31 days'
       FROM jobs, generate_series(1, 2500) WHERE id = $1`,
      [id],
    );
    await Promise.all([forgetEndedJobs(domain.database, 30), forgetEndedJobs(domain.database, 30)]);
    expect(await domain.count('jobs WHERE voice_id = $1', [voiceId])).toBe(1);
  });
});
