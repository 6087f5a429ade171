import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConsentsService } from '#libs/consent';
import { EmbeddingResults, EmbeddingRunsService, EmbeddingsService, SpeechesService } from '#libs/embeddings';
import { claimJob, startSubmission, waitOnGpu, type EmbedJob } from '#libs/jobs';
import { RecomputeService, RecomputeTurns } from '#libs/recompute';
import { SamplesService, SplittingService } from '#libs/samples';
import { VoicesService, type VoiceDetails } from '#libs/voices';
import { collected, convertedSample, cutSamples, Domain, required } from '../../../test/support/domain.js';
import { newSubmission } from '../../../test/support/embed-jobs.js';
import { ConsentRevocations } from './consent-revocations.js';
import { Processing } from './processing.js';

const sentence = 'Voice has no consent on record';

let domain: Domain;
let revocations: ConsentRevocations;
let voiceId: string;
beforeAll(async () => {
  domain = await Domain.open({ requireConsent: true });
  revocations = domain.get(ConsentRevocations);
});
afterAll(() => domain.close());
beforeEach(async () => {
  voiceId = await domain.emptyVoice();
  await domain.get(SamplesService).add(voiceId, convertedSample(voiceId));
});

const details = (): Promise<VoiceDetails> => domain.get(VoicesService).details(voiceId);
const embed = (): Promise<VoiceDetails> => domain.get(EmbeddingsService).request(voiceId, {});
const ended = (): Promise<{ details: object }[]> =>
  domain.database.query(`SELECT details FROM audit_log WHERE voice_id = $1 AND action = 'job.cancel' ORDER BY id`, [
    voiceId,
  ]);

/** Puts a consent on record. @returns its id */
async function consent(): Promise<string> {
  const about = { statement: 'I agree.', language: 'en', grantedBy: 'Jane Doe', method: 'verbal' } as const;
  const nothing = { textVersion: null, file: null, recording: null };
  return (await domain.get(ConsentsService).add(voiceId, { id: randomUUID(), ...about, ...nothing })).id;
}

/** Submits the voice's embedding to the GPU side as the job `gpuJob`. */
async function submit(gpuJob: string): Promise<EmbedJob> {
  const job = await domain.claim(voiceId, 'embed');
  await startSubmission(domain.database, job, newSubmission());
  required(await waitOnGpu(domain.database, job, gpuJob, 0));
  return job;
}

/** Embeds the voice's one sample. */
async function finish(): Promise<void> {
  await embed();
  const job = await domain.claim(voiceId, 'embed');
  const file = { objectKey: `voices/${voiceId}/jobs/${job.id}/1/1.safetensors`, bytes: 9, sha256: 'ef'.repeat(32) };
  const made = { sampleIndex: 1, sampleSha256: 'cd'.repeat(32), score: 0.9, secondsUsed: 12, crc32: 1, ...file };
  const results = { ...collected(job, [{ sampleIndex: 1, score: 0.9 }]), sampleEmbeddings: [made] };
  await domain.get(EmbeddingResults).commit(job, results);
}

describe('ConsentRevocations.revoke', () => {
  it('ends an embedding that waits for a worker, and unlocks the voice', async () => {
    const id = await consent();
    await embed();
    const jobId = await domain.jobId(voiceId, 'embed');
    expect((await revocations.revoke(voiceId, id)).revokedAt).toBeInstanceOf(Date);
    expect(await details()).toMatchObject({ embeddingStatus: 'failed', embeddingError: sentence });
    expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'failed', error_code: 'no_consent' });
    expect(await claimJob(domain.database, jobId)).toBeNull();
    expect(await ended()).toEqual([{ details: { job: jobId, kind: 'embed' } }]);
    await revocations.revoke(voiceId, id);
    expect(await ended()).toHaveLength(1);
  });

  it('cancels an embedding on the GPU side, takes no late result of it, and keeps the embedding before', async () => {
    const id = await consent();
    await finish();
    const before = required((await details()).embedding);
    await embed();
    const gpuJob = `gpu-${randomUUID()}`;
    const job = await submit(gpuJob);
    await revocations.revoke(voiceId, id);
    expect(await domain.count('gpu_cancellations WHERE runpod_job_id = $1', [gpuJob])).toBe(1);
    const late = domain.get(EmbeddingResults).commit(job, collected(job, [{ sampleIndex: 1, score: 1 }]));
    await expect(late).rejects.toThrow('no longer owned');
    const { embeddingStatus, embeddingError, embedding } = await details();
    expect([embeddingStatus, embeddingError]).toEqual(['failed', sentence]);
    expect(embedding).toMatchObject({ runId: before.runId, scores: before.scores });
  });

  it('lets no earlier run be restored afterwards', async () => {
    const id = await consent();
    await finish();
    const runId = required((await details()).embedding?.runId);
    await finish();
    await revocations.revoke(voiceId, id);
    const restored = domain.get(EmbeddingRunsService).restore(voiceId, runId);
    await expect(restored).rejects.toMatchObject({ code: 'no_consent', message: sentence });
    expect((await details()).embedding?.runId).not.toBe(runId);
    await consent();
    expect((await domain.get(EmbeddingRunsService).restore(voiceId, runId)).embedding?.runId).toBe(runId);
  });

  it('ends all speeches of the voice', async () => {
    const id = await consent();
    await finish();
    const speeches = domain.get(SpeechesService);
    const made = [await speeches.request(voiceId, { text: 'One.' }), await speeches.request(voiceId, { text: 'Two.' })];
    await revocations.revoke(voiceId, id);
    for (const speech of made) {
      expect(await speeches.find(voiceId, speech.id)).toMatchObject({ status: 'failed', error: sentence });
    }
    expect(await ended()).toHaveLength(2);
    expect(await details()).toMatchObject({ embeddingStatus: 'completed' });
  });

  it('ends nothing while the voice has another consent', async () => {
    const [id] = [await consent(), await consent()];
    await embed();
    await revocations.revoke(voiceId, id);
    expect(await details()).toMatchObject({ embeddingStatus: 'in_progress', embeddingError: null });
    expect(await ended()).toEqual([]);
  });

  it('lets a split go on, whose embedding then fails to start', async () => {
    voiceId = await domain.uploadedVoice();
    const id = await consent();
    const split = await domain.claim(voiceId, 'split');
    await revocations.revoke(voiceId, id);
    await domain.get(SplittingService).commit(split, { samples: cutSamples(split, 2) });
    expect(await details()).toMatchObject({
      ...{ splittingStatus: 'in_progress', embeddingStatus: 'failed', embeddingError: sentence },
      samples: [{ index: 1 }, { index: 2 }],
    });
  });

  it('ends nothing without REQUIRE_CONSENT', async () => {
    const id = await consent();
    await embed();
    const optional = new ConsentRevocations(domain.database, domain.get(Processing), { requireConsent: 'false' });
    expect((await optional.revoke(voiceId, id)).revokedAt).toBeInstanceOf(Date);
    expect(await details()).toMatchObject({ embeddingStatus: 'in_progress' });
  });
});

describe('RecomputeTurns.work', () => {
  it('skips a voice that has no consent on record any more', async () => {
    // Jobs that the tests above have left would come first.
    await domain.database.query(`UPDATE jobs SET run_after = now() + interval '1 hour' WHERE state = 'queued'`);
    const id = await consent();
    await finish();
    await revocations.revoke(voiceId, id);
    const ofVoice = 'SELECT p.name FROM partners p JOIN voices v ON v.partner_id = p.id WHERE v.id = $1';
    const [partner] = await domain.database.query<{ name: string }>(ofVoice, [voiceId]);
    const scope = { ttsType: 'kyutai', engineOlderThan: null, partner: required(partner).name, isDryRun: false };
    const started = await domain.get(RecomputeService).start(scope);
    await domain.get(RecomputeTurns).work();
    const recompute = await domain.get(RecomputeService).get(required(started.id));
    expect(recompute).toMatchObject({ state: 'completed', voices: 1, skipped: 1 });
    expect(await domain.count('jobs WHERE is_background')).toBe(0);
    expect(await details()).toMatchObject({ embeddingStatus: 'completed', embeddingError: null });
  });
});
