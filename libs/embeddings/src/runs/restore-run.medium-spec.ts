import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SamplesService, SplittingService } from '#libs/samples';
import { VoicesService } from '#libs/voices';
import { convertedSample, Domain, required, resplit } from '../../../../test/support/domain.js';
import { madeOf, RunLab, type Embedded } from '../../../../test/support/run-lab.js';
import { EmbeddingResults } from '../embedding-results.js';
import { EmbeddingsService } from '../embeddings.service.js';
import type { RunSummary } from './embedding-runs.repository.js';
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

const summaries = async (voiceId: string): Promise<Pick<RunSummary, 'id' | 'isCurrent'>[]> =>
  (await runs.list(voiceId)).map(({ id, isCurrent }) => ({ id, isCurrent }));

describe('EmbeddingRunsService.restore', () => {
  it('shows scores, test samples, embeddings and preferred sample of the run again', async () => {
    const voiceId = await lab.sampledVoice();
    const first = await lab.embed(voiceId, [2, 1, 3]);
    const before = await lab.details(voiceId);
    const second = await lab.embed(voiceId, [3, 1]);
    expect(await lab.details(voiceId)).toMatchObject({ preferredSampleIndex: 3, embedding: { runId: second.runId } });

    const after = await runs.restore(voiceId, first.runId);
    const lastUpdateTime: unknown = expect.any(Date);
    expect(after.embedding).toEqual({ ...before.embedding, lastUpdateTime });
    expect(after).toMatchObject({ preferredSampleIndex: 2, embeddingStatus: 'completed', embeddingError: null });
    expect(await domain.get(EmbeddingsService).sampleEmbedding(voiceId, 'kyutai', null)).toEqual(
      first.made.sampleEmbeddings[0],
    );
    expect(await domain.get(EmbeddingsService).testSamples(voiceId, 'kyutai')).toHaveLength(3);
    expect((await runs.find(voiceId, second.runId)).run.scores).toEqual(second.made.scores);
    await lab.removeAll();
    expect(await lab.storedKeys(voiceId)).toEqual(expect.arrayContaining([...first.files, ...second.files]));
  });

  it('changes nothing for the current run, and takes back a failure', async () => {
    const voiceId = await lab.sampledVoice();
    const { runId } = await lab.embed(voiceId, [1, 2, 3]);
    const before = await lab.details(voiceId);
    await domain.database.query(
      `UPDATE voices SET embedding_status = 'failed', embedding_error = 'It failed' WHERE id = $1`,
      [voiceId],
    );
    const { embedding, ...after } = await runs.restore(voiceId, runId);
    expect(after).toMatchObject({ embeddingStatus: 'completed', embeddingError: null });
    expect({ ...embedding, lastUpdateTime: null }).toEqual({ ...before.embedding, lastUpdateTime: null });
  });

  it('makes the tts type of the run that of the voice, and keeps the choice of a person', async () => {
    const voiceId = await lab.sampledVoice();
    const { runId } = await lab.embed(voiceId, [1, 2, 3]);
    await lab.embed(voiceId, [3, 2, 1], 0.9, 'other');
    await domain.get(VoicesService).setPreferredSample(voiceId, 2);
    expect(await runs.restore(voiceId, runId)).toMatchObject({ embeddingType: 'kyutai', preferredSampleIndex: 2 });
  });

  it('leaves the embedding stale if samples were added or deleted since', async () => {
    const voiceId = await lab.sampledVoice();
    const { runId } = await lab.embed(voiceId, [1, 2, 3]);
    await domain.get(SamplesService).remove(voiceId, 1);
    await lab.embed(voiceId, [2, 3]);
    const after = await runs.restore(voiceId, runId);
    expect(after.embedding).toMatchObject({ stale: true, staleReasons: ['samples_changed'] });
    expect(after.preferredSampleIndex).toBe(2); // the best one that is left
  });

  it('throws run_samples_gone after a re-split, and the run keeps its results', async () => {
    const voiceId = await domain.uploadedVoice();
    await lab.split(voiceId);
    const { runId, made, files } = await lab.finish(voiceId, [1, 2, 3]);
    await domain.get(SplittingService).request(voiceId, resplit);
    await lab.split(voiceId);
    await expect(runs.restore(voiceId, runId)).rejects.toMatchObject({
      code: 'run_samples_gone',
      message: 'The samples of this run are gone',
    });
    expect(await lab.details(voiceId)).toMatchObject({ embeddingStatus: 'idle', embedding: { scores: [] } });
    const { run } = await runs.find(voiceId, runId);
    expect([run.scores, run.testSamples]).toEqual([made.scores, made.testSamples]);
    await lab.removeAll();
    expect(await lab.storedKeys(voiceId)).toEqual(expect.arrayContaining([...files]));
  });

  it('throws run_samples_gone once all samples of the run are deleted', async () => {
    const voiceId = await lab.sampledVoice(1);
    const { runId } = await lab.embed(voiceId, [1]);
    await domain.get(SamplesService).remove(voiceId, 1);
    await domain.get(SamplesService).add(voiceId, convertedSample(voiceId));
    await expect(runs.restore(voiceId, runId)).rejects.toMatchObject({ code: 'run_samples_gone' });
  });

  it('throws run_not_found for a run of another voice, for one that is not kept any more, and for a deleted one', async () => {
    const [voiceId, other] = [await lab.sampledVoice(), await lab.sampledVoice()];
    const all: Embedded[] = [];
    for (let n = 0; n < 4; n += 1) all.push(await lab.embed(voiceId, [1]));
    const [ended, deleted] = [required(all[0]).runId, required(all[1]).runId];
    await runs.remove(voiceId, deleted);
    for (const [voice, run] of [
      [voiceId, ended],
      [voiceId, deleted],
      [other, required(all[3]).runId],
    ] as const) {
      await expect(runs.restore(voice, run)).rejects.toMatchObject({ code: 'run_not_found' });
      await expect(runs.find(voice, run)).rejects.toMatchObject({ code: 'run_not_found' });
    }
  });

  it('shows a run of 500 samples with five sentences each', async () => {
    const voiceId = await lab.sampledVoice(1);
    await domain.database.query(
      `INSERT INTO samples (voice_id, index, duration_seconds, object_key, bytes, sha256)
       SELECT $1::uuid, n, 15, 'voices/' || $1::text || '/uploaded/' || n, 1000, repeat('cd', 32) FROM generate_series(2, 500) n`,
      [voiceId],
    );
    await domain.database.query(`UPDATE voices SET sample_count = 500, next_sample_index = 501 WHERE id = $1`, [
      voiceId,
    ]);
    const runIds: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      await domain.get(EmbeddingsService).request(voiceId, {});
      const job = await domain.claim(voiceId, 'embed');
      const made = madeOf(
        job,
        Array.from({ length: 500 }, (_, at) => at + 1),
        0.9,
      );
      const spoken = made.testSamples.flatMap((test) =>
        [1, 2, 3, 4, 5].map((sentenceIndex) => ({ ...test, sentenceIndex })),
      );
      await domain.get(EmbeddingResults).commit(job, { ...made, testSamples: spoken });
      runIds.push(required((await lab.details(voiceId)).embedding?.runId));
    }
    const restored = await runs.restore(voiceId, required(runIds[0]));
    expect(restored.embedding).toMatchObject({ runId: runIds[0], stale: false });
    expect(restored.embedding?.testSamples).toHaveLength(2_500);
  });

  it('is one of several changes at the same time: two restores and an embedding leave one of their states', async () => {
    const voiceId = await lab.sampledVoice();
    const [first, second] = [await lab.embed(voiceId, [1, 2, 3]), await lab.embed(voiceId, [3, 2, 1])];
    await lab.embed(voiceId, [2, 1, 3]);
    const asked = await Promise.allSettled([
      runs.restore(voiceId, first.runId),
      runs.restore(voiceId, second.runId),
      domain.get(EmbeddingsService).request(voiceId, {}),
    ]);
    for (const result of asked) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'voice_locked' });
    }
    expect(asked[2].status).toBe('fulfilled');
    const last = await lab.finish(voiceId, [1, 2, 3]);
    expect((await summaries(voiceId)).filter(({ isCurrent }) => isCurrent)).toEqual([
      { id: last.runId, isCurrent: true },
    ]);
    expect(await domain.count('test_samples WHERE voice_id = $1', [voiceId])).toBe(3);
    expect((await lab.details(voiceId)).embedding).toMatchObject({ scores: last.made.scores, stale: false });
  });

  it('throws voice_locked while the voice is in processing', async () => {
    const voiceId = await lab.sampledVoice();
    const { runId } = await lab.embed(voiceId, [1]);
    await domain.get(EmbeddingsService).request(voiceId, {});
    await expect(runs.restore(voiceId, runId)).rejects.toMatchObject({ code: 'voice_locked' });
    await expect(runs.remove(voiceId, runId)).rejects.toMatchObject({ code: 'voice_locked' });
  });
});
