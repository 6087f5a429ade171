import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Domain, required } from '../../../../test/support/domain.js';
import { claimJob } from './claim.js';
import { takeForDispatch, undoDispatch, type Nudge } from './dispatch.js';

describe('takeForDispatch', () => {
  let domain: Domain;
  beforeAll(async () => {
    domain = await Domain.open();
  });
  afterAll(() => domain.close());
  beforeEach(() => domain.database.query('DELETE FROM partners'));

  const take = (limit: number, partnerId: string | null = null): Promise<Nudge[]> =>
    takeForDispatch(domain.database, { limit, partnerId, maxActivePerPartner: 20 });

  /** Voices with a queued split each, older ones first. */
  const queuedSplits = async (howMany: number): Promise<string> => {
    const partnerId = await domain.partner();
    await domain.database.query(
      `WITH made AS (
         INSERT INTO voices (partner_id, name, splitting_status)
         SELECT $1, 'voice ' || n, 'in_progress' FROM generate_series(1, $2::int) AS n RETURNING id
       )
       INSERT INTO jobs (voice_id, partner_id, kind, stage, params) SELECT id, $1, 'split', 'samples', '{}' FROM made`,
      [partnerId, howMany],
    );
    return partnerId;
  };
  const idsOf = (partnerId: string): Promise<{ id: string }[]> =>
    domain.database.query('SELECT id FROM jobs WHERE partner_id = $1', [partnerId]);
  const waiting = (partnerId: string): Promise<number> =>
    domain.count('jobs WHERE partner_id = $1 AND nudged_at IS NULL', [partnerId]);

  it('takes turns between partners, so that one job does not wait for 500 of another', async () => {
    const crowd = await queuedSplits(500);
    const single = await queuedSplits(1);
    const [own] = await idsOf(single);

    const taken = await take(5);
    expect(taken.find(({ id }) => id === own?.id)?.rank).toBe(1);
    expect(taken.map(({ rank }) => rank).sort()).toEqual([1, 1, 2, 3, 4]);
    expect(await waiting(crowd)).toBe(496);

    const later = await queuedSplits(2);
    const next = await take(2);
    expect(next.map(({ rank }) => rank).sort()).toEqual([1, 2]);
    expect(await waiting(later)).toBe(0);
  });

  it('takes no more of a partner than its cap, counting what is at hand', async () => {
    const partnerId = await queuedSplits(30);
    const first = await take(15);
    const second = await take(100);
    expect([first.length, second.length]).toEqual([15, 5]);
    expect(second.map(({ rank }) => rank).sort((a, b) => a - b)).toEqual([16, 17, 18, 19, 20]);
    expect(await take(100)).toEqual([]);

    await claimJob(domain.database, required(first[0]).id); // running is at hand, too
    expect(await take(100)).toEqual([]);
    await domain.database.query(`UPDATE jobs SET state = 'completed', leased_until = NULL WHERE id = $1`, [
      required(first[0]).id,
    ]);
    expect(await take(100)).toHaveLength(1);
    expect(await waiting(partnerId)).toBe(9);
  });

  it('caps splits and embeddings apart, and does not count what waits on the GPU', async () => {
    const partnerId = await queuedSplits(25);
    await domain.database.query(
      `INSERT INTO jobs (voice_id, partner_id, kind, stage, params, state)
       SELECT voice_id, partner_id, 'embed', 'collect', '{}', 'waiting' FROM jobs WHERE partner_id = $1`,
      [partnerId],
    );
    expect(await take(100)).toHaveLength(20);
    await domain.database.query(`UPDATE jobs SET state = 'queued' WHERE kind = 'embed' AND partner_id = $1`, [
      partnerId,
    ]);
    const embeds = await take(100);
    expect(embeds).toHaveLength(20);
    expect(new Set(embeds.map(({ kind }) => kind))).toEqual(new Set(['embed']));
  });

  it('takes no row twice and keeps to the cap with many dispatchers at once', async () => {
    const partners = await Promise.all([queuedSplits(60), queuedSplits(60), queuedSplits(3)]);
    const taken = (
      await Promise.all(Array.from({ length: 12 }, (_, at) => take(7, at % 3 === 0 ? required(partners[0]) : null)))
    ).flat();
    expect(new Set(taken.map(({ id }) => id)).size).toBe(taken.length);
    while ((await take(100)).length > 0);
    expect(await Promise.all(partners.map(waiting))).toEqual([40, 40, 0]);
    expect(await domain.count('jobs WHERE nudges > 1')).toBe(0);
  });

  it('ranks background jobs behind all that somebody has asked for, and gives them none of their places', async () => {
    const [one, other] = await Promise.all([queuedSplits(30), queuedSplits(3)]);
    await domain.database.query(
      `UPDATE jobs SET is_background = true, created_at = created_at - interval '1 hour'
       WHERE id IN (SELECT id FROM jobs WHERE partner_id = $1 LIMIT 5)`,
      [one],
    );
    const first = await take(2);
    expect(first.map(({ rank }) => rank)).toEqual([1, 1]); // one of each partner
    const ranks = (await take(100)).map(({ rank }) => rank).sort((a, b) => a - b);
    // The cap of 20 is for the 25 own jobs alone; the five others have ranks behind it.
    const own = Array.from({ length: 19 }, (_, at) => at + 2);
    expect(ranks).toEqual([2, 3, ...own, 21, 22, 23, 24, 25].sort((a, b) => a - b));
    expect(await Promise.all([waiting(one), waiting(other)])).toEqual([5, 0]);
    const background = await domain.count('jobs WHERE is_background AND nudged_at IS NOT NULL');
    expect(background).toBe(5);
  });

  it('takes only what is due, of one partner when asked', async () => {
    const one = await queuedSplits(2);
    await queuedSplits(2);
    await domain.database.query(
      `UPDATE jobs SET run_after = now() + interval '1 hour'
       WHERE id = (SELECT id FROM jobs WHERE partner_id = $1 LIMIT 1)`,
      [one],
    );
    expect(await take(100, one)).toHaveLength(1);
    expect(await take(100)).toHaveLength(2);
  });

  it('is undone by undoDispatch only while nothing has happened to the row since', async () => {
    await queuedSplits(1);
    const [nudge] = (await take(1)) as [Nudge];
    await undoDispatch(domain.database, { ...nudge, nudges: nudge.nudges + 1 });
    expect(await take(1)).toEqual([]);
    await undoDispatch(domain.database, nudge);
    const [again] = (await take(1)) as [Nudge];
    expect(again).toEqual({ ...nudge, nudges: nudge.nudges + 1 });

    await claimJob(domain.database, again.id);
    await undoDispatch(domain.database, again);
    expect(await domain.count('jobs WHERE nudged_at IS NULL')).toBe(0);
  });
});
