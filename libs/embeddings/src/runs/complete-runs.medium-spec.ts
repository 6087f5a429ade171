import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SamplesService, SplittingService } from '#libs/samples';
import { UsageRepository } from '#libs/usage';
import { convertedSample, Domain, required, resplit } from '../../../../test/support/domain.js';
import { RunLab } from '../../../../test/support/run-lab.js';
import { completeAllRuns } from './complete-runs.js';
import { EmbeddingRunsService } from './embedding-runs.service.js';

let domain: Domain;
let lab: RunLab;
let runs: EmbeddingRunsService;
beforeAll(async () => {
  domain = await Domain.open();
  lab = new RunLab(domain);
  runs = domain.get(EmbeddingRunsService);
});
afterAll(() => domain.close());

/** What a process of 0.1.0 leaves: an embedding without a run, its predecessor's files about to be removed. */
const storeAsOlderProcess = (voiceId: string): Promise<unknown> =>
  domain.database.query(`UPDATE embeddings SET zip_key = $2, zip_bytes = 7, sized_zip_key = $2 WHERE voice_id = $1`, [
    voiceId,
    `voices/${voiceId}/jobs/old/1/embedding.zip`,
  ]);

/** Leaves a run as it is from before the migration. */
const forget = (runId: string): Promise<unknown> =>
  domain.database.query(
    `UPDATE embedding_runs SET test_samples = NULL, scores = '[]', samples = NULL, archive_bytes = NULL, bytes = 0,
       shown_at = NULL WHERE id = $1`,
    [runId],
  );

async function usedBytes(voiceId: string): Promise<number> {
  const partnerId = (await domain.row('voices', voiceId))['partner_id'] as string;
  return required(await new UsageRepository(domain.database).find(partnerId)).bytes;
}

describe('completeAllRuns', () => {
  it('gives an embedding of an older process its run, and ends the runs before it', async () => {
    const voiceId = await lab.sampledVoice();
    const { made } = await lab.embed(voiceId, [1, 2, 3]);
    await storeAsOlderProcess(voiceId);
    await completeAllRuns(domain.database);
    await completeAllRuns(domain.database);
    const [only, ...others] = await runs.list(voiceId);
    expect(others).toEqual([]);
    expect(only).toMatchObject({ isCurrent: true, engine: null, sampleCount: 3, bestScore: 0.9 });
    const { run } = await runs.find(voiceId, required(only).id);
    expect(run).toMatchObject({ scores: made.scores, testSamples: made.testSamples, archiveBytes: 7 });
    expect(run.samples).toHaveLength(3);
    await expect(runs.restore(voiceId, run.id)).resolves.toMatchObject({ embedding: { runId: run.id } });
  });

  it('completes the runs of more voices than it reads at a time', async () => {
    const partnerId = await domain.partner();
    const insert = (rows: string): Promise<unknown> => domain.database.query(rows, [partnerId]);
    await insert(`INSERT INTO voices (partner_id, name) SELECT $1::uuid, 'voice ' || n FROM generate_series(1, 101) n`);
    await insert(
      `INSERT INTO embeddings (voice_id, tts_type, last_update_status, last_update_time, zip_key)
       SELECT id, 'kyutai', 'success', now(), 'zip of ' || id FROM voices WHERE partner_id = $1`,
    );
    await completeAllRuns(domain.database);
    const complete = `embedding_runs WHERE test_samples IS NOT NULL AND replaced_at IS NULL
      AND voice_id IN (SELECT id FROM voices WHERE partner_id = $1)`;
    expect(await domain.count(complete, [partnerId])).toBe(101);
  });
});

describe('a run from before the migration', () => {
  it('is complete when it is read, and counts for the quota all the time', async () => {
    const voiceId = await lab.sampledVoice();
    const { runId, made } = await lab.embed(voiceId, [1, 2]);
    const used = await usedBytes(voiceId);
    await forget(runId);
    expect(await usedBytes(voiceId)).toBe(used);
    const { run, bytes } = await runs.find(voiceId, runId);
    expect(run).toMatchObject({ scores: made.scores, testSamples: made.testSamples, archiveBytes: 0 });
    expect(bytes).toBe(2 * 100 + 2 * 38_400);
    expect(run.samples).toHaveLength(3);
    expect(await usedBytes(voiceId)).toBe(used);
  });

  it('is kept when the voice is embedded again', async () => {
    const voiceId = await lab.sampledVoice();
    const { runId } = await lab.embed(voiceId, [1, 2, 3]);
    await forget(runId);
    await lab.embed(voiceId, [1, 2, 3]);
    expect((await runs.list(voiceId)).map(({ id }) => id)).toContain(runId);
    await expect(runs.restore(voiceId, runId)).resolves.toMatchObject({ embedding: { runId } });
  });

  it.each<[string, (voiceId: string) => Promise<unknown>]>([
    ['a sample is added', (voiceId) => domain.get(SamplesService).add(voiceId, convertedSample(voiceId))],
    ['a sample is deleted', (voiceId) => domain.get(SamplesService).remove(voiceId, 3)],
    [
      'the samples are cut again',
      async (voiceId) => {
        await domain.get(SplittingService).request(voiceId, resplit);
        await lab.split(voiceId);
      },
    ],
  ])('says of which samples it was made, also if %s before it is complete', async (_what, change) => {
    const voiceId = await domain.uploadedVoice();
    await lab.split(voiceId);
    const { runId } = await lab.finish(voiceId, [1, 2, 3]);
    const { samples, scores } = (await runs.find(voiceId, runId)).run;
    await forget(runId);
    await domain.database.query(`UPDATE embedding_runs SET sample_embeddings = '[]' WHERE id = $1`, [runId]);
    await change(voiceId);
    expect((await runs.find(voiceId, runId)).run).toMatchObject({ samples, scores });
  });
});
