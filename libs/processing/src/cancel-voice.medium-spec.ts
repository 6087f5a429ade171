import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EmbeddingResults, EmbeddingsService } from '#libs/embeddings';
import { claimJob, startSubmission, waitOnGpu, type EmbedJob } from '#libs/jobs';
import { SplittingService } from '#libs/samples';
import { VoicesService, type VoiceDetails } from '#libs/voices';
import {
  collected,
  cutSamples,
  Domain,
  ofKind,
  required,
  resplit,
  storedOriginal,
} from '../../../test/support/domain.js';
import { newSubmission } from '../../../test/support/embed-jobs.js';
import { Processing } from './processing.js';

let domain: Domain;
let processing: Processing;
let splitting: SplittingService;
let voices: VoicesService;
let voiceId: string;
beforeAll(async () => {
  domain = await Domain.open();
  [processing, splitting, voices] = [domain.get(Processing), domain.get(SplittingService), domain.get(VoicesService)];
});
afterAll(() => domain.close());
beforeEach(async () => {
  voiceId = await domain.uploadedVoice();
});

const details = (): Promise<VoiceDetails> => voices.details(voiceId);
const changes = (action: string): Promise<{ details: object }[]> =>
  domain.database.query('SELECT details FROM audit_log WHERE voice_id = $1 AND action = $2', [voiceId, action]);
const cancellations = (runpodJobId: string): Promise<number> =>
  domain.count('gpu_cancellations WHERE runpod_job_id = $1', [runpodJobId]);

/** Splits the voice, up to its samples or to its end. The embedding that follows is queued. */
async function split(until: 'samples' | 'end'): Promise<void> {
  const job = await domain.claim(voiceId, 'split');
  await splitting.commit(job, { samples: cutSamples(job, 3) });
  if (until === 'end') await splitting.commit({ ...job, stage: 'original' }, { original: storedOriginal(job) });
}

/** Submits the voice's embedding. @returns its claim, and the id of its GPU job */
async function submit(): Promise<{ readonly job: EmbedJob; readonly runpodJobId: string }> {
  const [job, runpodJobId] = [await domain.claim(voiceId, 'embed'), `gpu-${randomUUID()}`];
  await startSubmission(domain.database, job, newSubmission());
  required(await waitOnGpu(domain.database, job, runpodJobId, 0));
  return { job, runpodJobId };
}

/** Splits and embeds the voice. */
async function finish(): Promise<void> {
  await split('end');
  const job = await domain.claim(voiceId, 'embed');
  await domain.get(EmbeddingResults).commit(job, collected(job, [{ sampleIndex: 2, score: 0.9 }]));
}

describe('Processing.cancelVoice', () => {
  it('unlocks a voice whose first split is queued, and keeps its upload so that it can be split again', async () => {
    const jobId = await domain.jobId(voiceId, 'split');
    await processing.cancelVoice(voiceId);
    expect(await details()).toMatchObject({ splittingStatus: 'failed', splittingError: 'Cancelled', samples: [] });
    expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'failed', error_code: 'cancelled' });
    expect(await claimJob(domain.database, jobId)).toBeNull();
    expect(await domain.row('voices', voiceId)).toMatchObject({
      upload_key: expect.any(String),
      upload_kept_until: expect.any(Date),
    });
    expect(await changes('voice.cancel')).toEqual([{ details: { split: jobId } }]);

    await splitting.request(voiceId, resplit);
    expect(await domain.claim(voiceId, 'split')).toMatchObject({ params: { first: true } });
  });

  it('lets a worker that runs the split commit nothing any more', async () => {
    const job = await domain.claim(voiceId, 'split');
    await processing.cancelVoice(voiceId);
    await expect(splitting.commit(job, { samples: cutSamples(job, 3) })).rejects.toThrow('no longer owned');
    expect(await details()).toMatchObject({ samples: [], embeddingStatus: 'idle' });
  });

  it('ends the rest of a first split and its embedding together, keeps the samples, and cancels the GPU job', async () => {
    const splitId = await domain.jobId(voiceId, 'split');
    await split('samples');
    const { job, runpodJobId } = await submit();
    await processing.cancelVoice(voiceId);
    expect(await details()).toMatchObject({
      ...{ splittingStatus: 'failed', splittingError: 'Cancelled' },
      ...{ embeddingStatus: 'failed', embeddingError: 'Cancelled' },
      samples: [{ index: 1 }, { index: 2 }, { index: 3 }],
    });
    expect(await cancellations(runpodJobId)).toBe(1);
    expect(await changes('voice.cancel')).toEqual([{ details: { split: splitId, embed: job.id } }]);
  });

  it('keeps the old samples and the embedding status of a re-split', async () => {
    await finish();
    const before = await details();
    await splitting.request(voiceId, resplit);
    const job = await domain.claim(voiceId, 'split');
    await processing.cancelVoice(voiceId);
    await expect(splitting.commit(job, { samples: cutSamples(job, 1) })).rejects.toThrow('no longer owned');
    expect(await details()).toMatchObject({
      ...{ splittingStatus: 'failed', splittingError: 'Cancelled', embeddingStatus: 'completed' },
      samples: before.samples,
      preferredSampleIndex: before.preferredSampleIndex,
    });
  });

  it('keeps the last good embedding, and lets no late result replace it', async () => {
    await finish();
    const before = required((await details()).embedding);
    await domain.get(EmbeddingsService).request(voiceId, {});
    const { job, runpodJobId } = await submit();
    await processing.cancelVoice(voiceId);
    const late = domain.get(EmbeddingResults).commit(job, collected(job, [{ sampleIndex: 1, score: 1 }]));
    await expect(late).rejects.toThrow('no longer owned');
    const { embeddingStatus, embeddingError, embedding, preferredSampleIndex } = await details();
    expect([embeddingStatus, embeddingError, preferredSampleIndex]).toEqual(['failed', 'Cancelled', 2]);
    expect(embedding).toMatchObject({ lastUpdateStatus: 'failed', runId: before.runId, scores: before.scores });
    expect(await cancellations(runpodJobId)).toBe(1);
  });

  it('either cancels a split that commits at the same moment or leaves it complete, never both', async () => {
    for (let round = 0; round < 6; round += 1) {
      voiceId = await domain.uploadedVoice();
      await finish();
      await splitting.request(voiceId, resplit);
      const job = await domain.claim(voiceId, 'split');
      const commit = (): Promise<unknown> => splitting.commit(job, { samples: cutSamples(job, 1) });
      const cancel = (): Promise<unknown> => processing.cancelVoice(voiceId);
      const both = round % 2 === 0 ? [commit(), cancel()] : [cancel(), commit()].reverse();
      const [committed, cancelled] = (await Promise.allSettled(both)).map(({ status }) => status === 'fulfilled');
      expect(committed).toBe(!cancelled);
      expect(await details()).toMatchObject(
        committed
          ? { splittingStatus: 'completed', samples: [{ index: 1 }] }
          : { splittingStatus: 'failed', samples: [{ index: 1 }, { index: 2 }, { index: 3 }] },
      );
    }
  });

  it('throws voice_not_processed for an idle voice, and records no change', async () => {
    await finish();
    await expect(processing.cancelVoice(voiceId)).rejects.toMatchObject({ code: 'voice_not_processed' });
    expect(await changes('voice.cancel')).toEqual([]);
  });

  it('throws voice_not_found for a voice that was deleted', async () => {
    await expect(processing.cancelVoice(randomUUID())).rejects.toMatchObject({ code: 'voice_not_found' });
  });
});

describe('VoicesService.remove with force', () => {
  it('deletes a voice in processing with its jobs, and cancels its GPU job', async () => {
    await split('samples');
    const { job, runpodJobId } = await submit();
    await expect(voices.remove(voiceId)).rejects.toMatchObject({ code: 'voice_locked' });
    await voices.remove(voiceId, { force: true });
    await expect(details()).rejects.toMatchObject({ code: 'voice_not_found' });
    expect(await domain.count('jobs WHERE voice_id = $1', [voiceId])).toBe(0);
    expect(await cancellations(runpodJobId)).toBe(1);
    const late = domain.get(EmbeddingResults).commit(job, collected(job, [{ sampleIndex: 1, score: 1 }]));
    await expect(late).rejects.toThrow('no longer owned');
    expect(await changes('voice.delete')).toEqual([{ details: { force: 'true' } }]);
  });

  it('cancels the GPU job of a result that is to be collected again', async () => {
    await split('end');
    const { job, runpodJobId } = await submit();
    await domain.database.query(`UPDATE jobs SET state = 'queued' WHERE id = $1`, [job.id]);
    expect(ofKind('embed', await claimJob(domain.database, job.id)).stage).toBe('collect');
    await domain.database.query(`UPDATE jobs SET state = 'queued', leased_until = NULL WHERE id = $1`, [job.id]);
    await voices.remove(voiceId, { force: true });
    expect(await cancellations(runpodJobId)).toBe(1);
  });
});
