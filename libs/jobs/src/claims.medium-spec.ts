import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { failures } from '#libs/errors';
import { Processing } from '#libs/voices';
import { Domain, required } from '../../../test/support/domain.js';
import { DispatchRepository } from './dispatch.repository.js';
import { commitFenced } from './fenced-commit.js';
import { LostClaim, type ClaimedJob } from './job-claim.js';
import { maxDeaths } from './job-timing.js';

describe('claims', () => {
  let domain: Domain;
  beforeAll(async () => {
    domain = await Domain.open();
  });
  afterAll(() => domain.close());

  const queuedJob = async (): Promise<{ readonly id: string; readonly voiceId: string }> => {
    const voiceId = await domain.uploadedVoice();
    return { id: await domain.jobId(voiceId, 'split'), voiceId };
  };
  const rename = (job: ClaimedJob, name: string): Promise<void> =>
    commitFenced(domain.database, domain.jobs, job, async (tx) => {
      await tx.query('UPDATE voices SET name = $2 WHERE id = $1', [job.voiceId, name]);
    });

  it('go to one of many deliveries', async () => {
    const { id } = await queuedJob();
    const claims = await Promise.all(Array.from({ length: 20 }, () => domain.jobs.claim(id)));
    expect(claims.filter((claim) => claim !== null)).toEqual([
      expect.objectContaining({ id, generation: 1, state: 'running', deaths: 0, attempts: 0 }),
    ]);
  });

  it('respect a lease that lives, take over one that ran out and count the death', async () => {
    const { id } = await queuedJob();
    const first = required(await domain.jobs.claim(id));
    await domain.expireLease(id);
    expect(await domain.jobs.renew(first, null)).toBe(true); // late, but nobody came in between
    expect(await domain.jobs.claim(id)).toBeNull();
    await domain.expireLease(id);
    const takeovers = await Promise.all(Array.from({ length: 10 }, () => domain.jobs.claim(id)));
    expect(takeovers.filter((claim) => claim !== null)).toEqual([
      expect.objectContaining({ generation: 2, deaths: 1, attempts: 0 }),
    ]);
    expect(await domain.jobs.renew(first, null)).toBe(false);
  });

  it('let a late loser change nothing', async () => {
    const { id, voiceId } = await queuedJob();
    const loser = required(await domain.jobs.claim(id));
    await domain.expireLease(id);
    const owner = required(await domain.jobs.claim(id));
    await expect(rename(loser, 'the loser’s')).rejects.toThrow(LostClaim);
    expect((await domain.row('voices', voiceId))['name']).toBe(`voice ${voiceId}`);
    await domain.jobs.giveBack(loser, { afterMs: 0, failed: true });
    expect(await domain.row('jobs', id)).toMatchObject({ state: 'running', generation: 2, attempts: 0 });
    await rename(owner, 'the owner’s');
    expect((await domain.row('voices', voiceId))['name']).toBe('the owner’s');
  });

  it('are lost when the job has ended or its voice is gone', async () => {
    const ended = await queuedJob();
    const claim = required(await domain.jobs.claim(ended.id));
    await domain.get(Processing).cancel(ended.id);
    await expect(rename(claim, 'x')).rejects.toThrow(LostClaim);
    expect(await domain.jobs.renew(claim, null)).toBe(false);
    expect(await domain.jobs.claim(ended.id)).toBeNull();

    const gone = await queuedJob();
    const orphan = required(await domain.jobs.claim(gone.id));
    await domain.database.query('DELETE FROM voices WHERE id = $1', [gone.voiceId]);
    await expect(rename(orphan, 'x')).rejects.toThrow(LostClaim);
  });

  it('leave nothing behind when the commit itself fails', async () => {
    const { id, voiceId } = await queuedJob();
    const claim = required(await domain.jobs.claim(id));
    const commit = commitFenced(domain.database, domain.jobs, claim, async (tx) => {
      await tx.query('UPDATE voices SET name = $2 WHERE id = $1', [voiceId, 'half']);
      throw new Error('half way');
    });
    await expect(commit).rejects.toThrow('half way');
    expect((await domain.row('voices', voiceId))['name']).toBe(`voice ${voiceId}`);
  });

  it('are given back unharmed by a worker that stops, and later and counted after a passing failure', async () => {
    const { id } = await queuedJob();
    await domain.jobs.giveBack(required(await domain.jobs.claim(id)), { afterMs: 0, failed: false });
    expect(await domain.row('jobs', id)).toMatchObject({ state: 'queued', attempts: 0, nudged_at: null });
    const again = required(await domain.jobs.claim(id));
    expect(again.generation).toBe(2);
    await domain.jobs.giveBack(again, { afterMs: 60_000, failed: true });
    expect(await domain.row('jobs', id)).toMatchObject({ state: 'queued', attempts: 1, deaths: 0 });
    expect(await domain.jobs.claim(id)).toBeNull(); // not due
  });

  it('keep progress with the lease, and start anew with a stage', async () => {
    const { id } = await queuedJob();
    await domain.jobs.claim(id);
    await domain.expireLease(id);
    const claim = required(await domain.jobs.claim(id));
    await domain.jobs.renew(claim, { stage: 'converting', done: 3, of: 185 });
    await domain.jobs.renew(claim, null);
    await commitFenced(domain.database, domain.jobs, claim, (tx) => domain.jobs.advance(tx, claim, 'original'));
    expect(await domain.row('jobs', id)).toMatchObject({
      state: 'running',
      stage: 'original',
      deaths: 0,
      attempts: 0,
      progress: { stage: 'converting', done: 3, of: 185 },
    });
  });

  it('of dead workers go back to the queue, each death counted once, till the job is hopeless', async () => {
    const rows = domain.get(DispatchRepository);
    const { id, voiceId } = await queuedJob();
    for (let death = 1; death <= maxDeaths; death++) {
      expect(required(await domain.jobs.claim(id)).deaths).toBe(death - 1);
      expect(await rows.reviveExpired()).not.toContainEqual({ id });
      expect(await rows.hopeless()).not.toContainEqual(expect.objectContaining({ id }));
      await domain.expireLease(id);
      const revived = await Promise.all([rows.reviveExpired(), rows.reviveExpired()]);
      expect(revived.flat()).toEqual([{ id, kind: 'split' }]);
      expect(await domain.row('jobs', id)).toMatchObject({ state: 'queued', deaths: death, nudged_at: null });
    }
    expect(await rows.hopeless()).toContainEqual({ id, voiceId, kind: 'split' });
    const { sentence } = failures.died_too_often;
    const ended = await domain.get(Processing).failActive(voiceId, 'split', { code: 'died_too_often', sentence }, id);
    expect(ended).toBe(true);
    expect(await domain.row('voices', voiceId)).toMatchObject({
      splitting_status: 'failed',
      splitting_error: 'Processing stopped unexpectedly several times',
    });
  });
});
