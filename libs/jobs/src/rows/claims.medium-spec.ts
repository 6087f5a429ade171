import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { failures } from '#libs/errors';
import { Processing } from '#libs/processing';
import { Domain, ofKind, required } from '../../../../test/support/domain.js';
import { commitFenced } from '../engine/fenced-commit.js';
import { LostClaim, type Job } from '../job.js';
import { maxDeaths } from '../job-timing.js';
import { claimJob } from './claim.js';
import { advanceJob } from './finish.js';
import { renewLease } from './renew.js';
import { requeueJob } from './requeue.js';
import { findHopeless, reviveExpired } from './revive.js';

describe('claimJob', () => {
  let domain: Domain;
  beforeAll(async () => {
    domain = await Domain.open();
  });
  afterAll(() => domain.close());

  const queuedJob = async (): Promise<{ readonly id: string; readonly voiceId: string }> => {
    const voiceId = await domain.uploadedVoice();
    return { id: await domain.jobId(voiceId, 'split'), voiceId };
  };
  const rename = (job: Job, name: string): Promise<void> =>
    commitFenced(domain.database, job, async (tx) => {
      await tx.query('UPDATE voices SET name = $2 WHERE id = $1', [job.voiceId, name]);
    });

  it('gives a job to one of many deliveries', async () => {
    const { id } = await queuedJob();
    const claims = await Promise.all(Array.from({ length: 20 }, () => claimJob(domain.database, id)));
    expect(claims.filter((claim) => claim !== null)).toEqual([
      expect.objectContaining({ id, generation: 1, state: 'running', deaths: 0, attempts: 0, isTakenOver: false }),
    ]);
  });

  it('respects a live lease, takes over an expired one and counts the death', async () => {
    const { id } = await queuedJob();
    const first = required(await claimJob(domain.database, id));
    await domain.expireLease(id);
    expect(await renewLease(domain.database, first, null)).toBe(true); // late, but nobody came in between
    expect(await claimJob(domain.database, id)).toBeNull();
    await domain.expireLease(id);
    const takeovers = await Promise.all(Array.from({ length: 10 }, () => claimJob(domain.database, id)));
    expect(takeovers.filter((claim) => claim !== null)).toEqual([
      expect.objectContaining({ generation: 2, deaths: 1, attempts: 0, isTakenOver: true }),
    ]);
    expect(await renewLease(domain.database, first, null)).toBe(false);
  });

  it('lets a worker that lost its claim change nothing', async () => {
    const { id, voiceId } = await queuedJob();
    const loser = required(await claimJob(domain.database, id));
    await domain.expireLease(id);
    const owner = required(await claimJob(domain.database, id));
    await expect(rename(loser, 'the loser’s')).rejects.toThrow(LostClaim);
    expect((await domain.row('voices', voiceId))['name']).toBe(`voice ${voiceId}`);
    await requeueJob(domain.database, loser, { afterMs: 0, failed: true });
    expect(await domain.row('jobs', id)).toMatchObject({ state: 'running', generation: 2, attempts: 0 });
    await rename(owner, 'the owner’s');
    expect((await domain.row('voices', voiceId))['name']).toBe('the owner’s');
  });

  it('returns a claim that is invalid once the job has ended or its voice is deleted', async () => {
    const ended = await queuedJob();
    const claim = required(await claimJob(domain.database, ended.id));
    await domain.get(Processing).cancel(ended.id);
    await expect(rename(claim, 'x')).rejects.toThrow(LostClaim);
    expect(await renewLease(domain.database, claim, null)).toBe(false);
    expect(await claimJob(domain.database, ended.id)).toBeNull();

    const gone = await queuedJob();
    const orphan = required(await claimJob(domain.database, gone.id));
    await domain.database.query('DELETE FROM voices WHERE id = $1', [gone.voiceId]);
    await expect(rename(orphan, 'x')).rejects.toThrow(LostClaim);
  });

  it('leaves nothing behind when the commit itself fails', async () => {
    const { id, voiceId } = await queuedJob();
    const claim = required(await claimJob(domain.database, id));
    const commit = commitFenced(domain.database, claim, async (tx) => {
      await tx.query('UPDATE voices SET name = $2 WHERE id = $1', [voiceId, 'half']);
      throw new Error('half way');
    });
    await expect(commit).rejects.toThrow('half way');
    expect((await domain.row('voices', voiceId))['name']).toBe(`voice ${voiceId}`);
  });

  it('is followed by a requeue, at once when the worker stops, later and counted as an attempt after a failure', async () => {
    const { id } = await queuedJob();
    await requeueJob(domain.database, required(await claimJob(domain.database, id)), { afterMs: 0, failed: false });
    expect(await domain.row('jobs', id)).toMatchObject({ state: 'queued', attempts: 0, nudged_at: null });
    const again = required(await claimJob(domain.database, id));
    expect(again.generation).toBe(2);
    await requeueJob(domain.database, again, { afterMs: 60_000, failed: true });
    expect(await domain.row('jobs', id)).toMatchObject({ state: 'queued', attempts: 1, deaths: 0 });
    expect(await claimJob(domain.database, id)).toBeNull(); // not due
  });

  it('keeps progress with the lease, and resets deaths and attempts with a stage', async () => {
    const { id } = await queuedJob();
    await claimJob(domain.database, id);
    await domain.expireLease(id);
    const claim = ofKind('split', await claimJob(domain.database, id));
    await renewLease(domain.database, claim, { stage: 'converting', done: 3, of: 185 });
    await renewLease(domain.database, claim, null);
    await commitFenced(domain.database, claim, (tx) => advanceJob(tx, claim, 'original'));
    expect(await domain.row('jobs', id)).toMatchObject({
      state: 'running',
      stage: 'original',
      deaths: 0,
      attempts: 0,
      progress: { stage: 'converting', done: 3, of: 185 },
    });
  });

  it('counts each death of a worker once when its job is requeued, until the job is hopeless', async () => {
    const { id, voiceId } = await queuedJob();
    for (let death = 1; death <= maxDeaths; death++) {
      expect(required(await claimJob(domain.database, id)).deaths).toBe(death - 1);
      expect(await reviveExpired(domain.database)).not.toContainEqual({ id });
      expect(await findHopeless(domain.database)).not.toContainEqual(expect.objectContaining({ id }));
      await domain.expireLease(id);
      const revived = await Promise.all([reviveExpired(domain.database), reviveExpired(domain.database)]);
      expect(revived.flat()).toEqual([{ id, kind: 'split' }]);
      expect(await domain.row('jobs', id)).toMatchObject({ state: 'queued', deaths: death, nudged_at: null });
    }
    expect(await findHopeless(domain.database)).toContainEqual({ id, voiceId, kind: 'split' });
    const { sentence } = failures.died_too_often;
    const ended = await domain
      .get(Processing)
      .failActive({ voiceId, kind: 'split', jobId: id }, { code: 'died_too_often', sentence });
    expect(ended).toBe(true);
    expect(await domain.row('voices', voiceId)).toMatchObject({
      splitting_status: 'failed',
      splitting_error: 'Processing stopped unexpectedly several times',
    });
  });
});
