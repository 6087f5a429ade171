import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lockVoice } from '#libs/database';
import { SamplesService, SplittingService } from '#libs/samples';
import { convertedSample, Domain, required, resplit } from '../../../test/support/domain.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { Processing } from '#libs/processing';
import { changeVoice } from './voice-change.js';
import { VoicesService } from './voices.service.js';

const fulfilled = (results: readonly PromiseSettledResult<unknown>[]): number =>
  results.filter(({ status }) => status === 'fulfilled').length;
const refusals = (results: readonly PromiseSettledResult<unknown>[]): unknown[] =>
  results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as { code: unknown }).code] : []));

describe('libs/voices', () => {
  let domain: Domain;
  let voices: VoicesService;
  beforeAll(async () => {
    domain = await Domain.open();
    voices = domain.get(VoicesService);
  });
  afterAll(() => domain.close());

  /** Number of statements that wait for a lock in this database. */
  const waitingForLocks = (): Promise<number> =>
    domain.count(`pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);

  describe('lockVoice', () => {
    it('makes a second transaction wait until the first has ended', async () => {
      const voiceId = await domain.emptyVoice();
      const order: string[] = [];
      let second: Promise<unknown> = Promise.resolve();
      await domain.database.transaction(async (tx) => {
        expect((await lockVoice(tx, voiceId))?.id).toBe(voiceId);
        second = domain.database.transaction(async (other) => {
          const voice = await lockVoice(other, voiceId);
          order.push(`second sees ${voice?.creatorName}`);
        });
        await waitFor('the second to wait', async () => (await waitingForLocks()) === 1);
        await tx.query('UPDATE voices SET creator_name = $2 WHERE id = $1', [voiceId, 'Ann']);
        order.push('first has written');
      });
      await second;
      expect(order).toEqual(['first has written', 'second sees Ann']);
    });

    it('returns null for a voice that does not exist', async () => {
      expect(await domain.database.transaction((tx) => lockVoice(tx, randomUUID()))).toBeNull();
    });
  });

  describe('changeVoice', () => {
    it('refuses a change of a locked voice and writes nothing', async () => {
      const voiceId = await domain.uploadedVoice();
      const samples = domain.get(SamplesService);
      const changes = [
        voices.rename(voiceId, 'another'),
        voices.remove(voiceId),
        voices.setPreferredSample(voiceId, null),
        samples.refuseIfNoRoom(voiceId),
        samples.add(voiceId, convertedSample(voiceId)),
        samples.remove(voiceId, 1),
        domain.get(SplittingService).request(voiceId, resplit),
      ];
      expect(refusals(await Promise.allSettled(changes))).toEqual(changes.map(() => 'voice_locked'));
      expect((await domain.row('voices', voiceId))['name']).toBe(`voice ${voiceId}`);
    });

    it('throws voice_not_found for a voice that does not exist', async () => {
      const change = changeVoice(domain.database, randomUUID(), async () => undefined);
      await expect(change).rejects.toMatchObject({ code: 'voice_not_found' });
    });

    it('rolls back what a failing change has written', async () => {
      const voiceId = await domain.emptyVoice();
      const change = changeVoice(domain.database, voiceId, async (tx) => {
        await tx.query(`UPDATE voices SET name = 'half' WHERE id = $1`, [voiceId]);
        throw new Error('half way');
      });
      await expect(change).rejects.toThrow('half way');
      expect((await domain.row('voices', voiceId))['name']).toBe(`voice ${voiceId}`);
    });
  });

  describe('VoicesService.create', () => {
    it('creates a voice and the job of its split together, so that the voice is locked at once', async () => {
      const voiceId = await domain.uploadedVoice();
      expect(await voices.details(voiceId)).toMatchObject({
        splittingStatus: 'in_progress',
        embeddingStatus: 'idle',
        progress: { stage: 'queued', done: 0, of: 1 },
        originalFilename: 'recording.opus',
        originalUploadedName: 'recording.wav',
        originalDurationSeconds: 185.4,
        embedding: null,
        embeddingType: 'kyutai',
      });
      expect(await domain.row('jobs', await domain.jobId(voiceId, 'split'))).toMatchObject({
        state: 'queued',
        stage: 'samples',
        params: {
          ...{ maxSamples: 25, sampleDurationSeconds: 15, mode: 'fixed', minDurationSeconds: 5, select: 'first' },
          first: true,
        },
      });
    });

    it('creates neither voice nor job when the transaction fails', async () => {
      const partnerId = await domain.partner();
      const voice = {
        id: randomUUID(),
        partnerId,
        name: 'twice',
        creatorName: null,
        creatorEmail: null,
        language: 'en',
      };
      const recording = {
        uploadKey: `voices/${voice.id}/uploads/x`,
        bytes: 1,
        uploadedName: 'a.wav',
        durationSeconds: null,
      };
      await voices.create(voice, null);
      const again = voices.create({ ...voice, id: randomUUID() }, recording);
      await expect(again).rejects.toMatchObject({ code: 'voice_exists' });
      expect(await domain.count('jobs WHERE partner_id = $1', [partnerId])).toBe(0);
    });

    it('gives a name to one of many concurrent requests, and the same name to another partner', async () => {
      const [partnerId, other] = [await domain.partner(), await domain.partner()];
      const create = (owner: string): Promise<unknown> =>
        voices.create(
          { id: randomUUID(), partnerId: owner, name: 'Ünique', creatorName: null, creatorEmail: null, language: 'en' },
          null,
        );
      const results = await Promise.allSettled(Array.from({ length: 10 }, () => create(partnerId)));
      expect(fulfilled(results)).toBe(1);
      expect(refusals(results)).toEqual(Array(9).fill('voice_exists'));
      await create(other);
    });
  });

  describe('VoicesService.rename', () => {
    it('refuses the name of another voice and accepts the voice’s own', async () => {
      const partnerId = await domain.partner();
      const [one, other] = [await domain.emptyVoice(partnerId), await domain.emptyVoice(partnerId)];
      await expect(voices.rename(one, `voice ${other}`)).rejects.toMatchObject({ code: 'voice_exists' });
      expect((await voices.rename(one, `voice ${one}`)).name).toBe(`voice ${one}`);
      expect((await voices.rename(one, `VOICE ${other}`)).name).toBe(`VOICE ${other}`); // compared exactly
    });

    it('runs before or after a concurrent split, and is refused after it', async () => {
      for (let round = 0; round < 8; round++) {
        const voiceId = await domain.uploadedVoice();
        await domain.get(Processing).cancel(await domain.jobId(voiceId, 'split'));
        const work = [
          () => voices.rename(voiceId, 'renamed'),
          () => domain.get(SplittingService).request(voiceId, resplit),
        ];
        if (round % 2) work.reverse();
        const results = await Promise.allSettled(work.map((start) => start()));
        const rename = required(results[round % 2]);
        expect(required(results[1 - (round % 2)]).status).toBe('fulfilled');
        const { name, splitting_status } = await domain.row('voices', voiceId);
        expect(splitting_status).toBe('in_progress');
        expect(name).toBe(rename.status === 'fulfilled' ? 'renamed' : `voice ${voiceId}`);
        if (rename.status === 'rejected') expect(refusals(results)).toEqual(['voice_locked']);
      }
    });
  });

  describe('VoicesService.remove', () => {
    it('deletes the voice and schedules the removal of its objects for now', async () => {
      const voiceId = await domain.emptyVoice();
      await voices.remove(voiceId);
      await expect(voices.details(voiceId)).rejects.toMatchObject({ code: 'voice_not_found' });
      expect(await domain.removals()).toContainEqual({
        target: `voices/${voiceId}/`,
        inSeconds: expect.closeTo(0, -1),
      });
    });
  });

  describe('VoicesService.setPreferredSample', () => {
    const withSamples = async (): Promise<string> => {
      const voiceId = await domain.emptyVoice();
      for (let n = 0; n < 2; n++) await domain.get(SamplesService).add(voiceId, convertedSample(voiceId));
      return voiceId;
    };

    it('stores a person’s choice until it is cleared', async () => {
      const voiceId = await withSamples();
      expect((await voices.setPreferredSample(voiceId, 2)).preferredSampleIndex).toBe(2);
      expect((await domain.row('voices', voiceId))['preferred_by']).toBe('person');
      expect((await voices.setPreferredSample(voiceId, null)).preferredSampleIndex).toBeNull();
      expect((await domain.row('voices', voiceId))['preferred_by']).toBeNull();
    });

    it.each([0, -1, 3, 2_147_483_647, 2_147_483_648, 9_007_199_254_740_991])(
      'refuses index %d, which no sample has',
      async (index) => {
        const voiceId = await withSamples();
        await expect(voices.setPreferredSample(voiceId, index)).rejects.toMatchObject({ code: 'sample_not_found' });
      },
    );
  });

  describe('Processing', () => {
    it('failActive keeps the upload of a first split for 7 days, and the next split counts as the first', async () => {
      const voiceId = await domain.uploadedVoice();
      await domain.claim(voiceId, 'split');
      const why = { code: 'conversion_failed', sentence: 'The recording could not be converted' } as const;
      expect(await domain.get(Processing).failActive({ voiceId, kind: 'split' }, why)).toBe(true);
      expect(await domain.get(Processing).failActive({ voiceId, kind: 'split' }, why)).toBe(false);
      expect(await voices.details(voiceId)).toMatchObject({
        splittingStatus: 'failed',
        embeddingStatus: 'idle',
        splittingError: why.sentence,
        embeddingError: null,
        progress: null,
      });
      const [kept] = await domain.database.query(
        `SELECT upload_key IS NOT NULL AS stored,
           upload_kept_until BETWEEN now() + interval '6 days 23 hours' AND now() + interval '7 days' AS week
         FROM voices WHERE id = $1`,
        [voiceId],
      );
      expect(kept).toEqual({ stored: true, week: true });

      const details = await domain.get(SplittingService).request(voiceId, resplit);
      expect(details).toMatchObject({ splittingStatus: 'in_progress', splittingError: null });
      expect((await domain.row('voices', voiceId))['upload_kept_until']).toBeNull();
      expect((await domain.row('jobs', await domain.jobId(voiceId, 'split')))['params']).toEqual({
        ...resplit,
        first: true,
      });
    });

    it('cancel fails a job once and unlocks its voice', async () => {
      const voiceId = await domain.uploadedVoice();
      const jobId = await domain.jobId(voiceId, 'split');
      await domain.get(Processing).cancel(jobId);
      await domain.get(Processing).cancel(jobId);
      expect(await voices.details(voiceId)).toMatchObject({
        splittingStatus: 'failed',
        splittingError: 'Cancelled',
      });
      expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'failed', error_code: 'cancelled' });
      await expect(domain.get(Processing).cancel(randomUUID())).rejects.toMatchObject({ code: 'not_found' });
    });
  });
});
