import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VoicesService } from '#libs/voices';
import { Domain, required } from '../../../../test/support/domain.js';
import { RunLab, type Embedded } from '../../../../test/support/run-lab.js';
import { EmbeddingsService } from '../embeddings.service.js';
import type { RunSummary } from './embedding-runs.repository.js';
import { EmbeddingRunsService } from './embedding-runs.service.js';
import { insertEmbedding, type MovedEmbedding, type MovedRun } from './moved-embeddings.js';

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

describe('kept runs', () => {
  it('are the last three of each tts type, and the others leave nothing in the storage', async () => {
    const voiceId = await lab.sampledVoice();
    const other = await lab.embed(voiceId, [1, 2], 0.9, 'other');
    const made: Embedded[] = [];
    for (let n = 0; n < 5; n += 1) made.push(await lab.embed(voiceId, [1, 2, 3], 0.5 + n / 10, 'kyutai'));
    const kept = made.slice(2);
    expect(await summaries(voiceId)).toEqual([
      ...[...kept].reverse().map(({ runId }, at) => ({ id: runId, isCurrent: at === 0 })),
      { id: other.runId, isCurrent: true },
    ]);
    expect((await runs.list(voiceId))[0]).toMatchObject({
      ...{ ttsType: 'kyutai', language: 'en', sampleCount: 3, bestScore: 0.9, bytes: 3 * 100 + 3 * 38_400 },
      engine: { name: 'acoustic-baseline' },
    });
    await lab.removeAll();
    const samples = (await lab.storedKeys(voiceId)).filter((key) => key.includes('/uploaded/'));
    expect(samples).toHaveLength(3);
    const files = [other, ...kept].flatMap((run) => run.files);
    expect(await lab.storedKeys(voiceId)).toEqual([...samples, ...files].sort());
    await lab.garbage.sweep(-60_000);
    expect(await lab.storedKeys(voiceId)).toEqual([...samples, ...files].sort());
  });

  it('keep the run that was current before, however old it is', async () => {
    const voiceId = await lab.sampledVoice();
    const [first, , third] = [
      await lab.embed(voiceId, [1, 2, 3]),
      await lab.embed(voiceId, [1, 2, 3]),
      await lab.embed(voiceId, [1, 2, 3]),
    ];
    await runs.restore(voiceId, first.runId);
    const last = await lab.embed(voiceId, [1, 2, 3]);
    expect(await summaries(voiceId)).toEqual([
      { id: last.runId, isCurrent: true },
      { id: third.runId, isCurrent: false },
      { id: first.runId, isCurrent: false },
    ]);
    await lab.removeAll();
    await expect(runs.restore(voiceId, first.runId)).resolves.toMatchObject({ embedding: { runId: first.runId } });
    expect(await lab.storedKeys(voiceId)).toEqual(expect.arrayContaining([...first.files]));
  });

  it('leave nothing of an erased voice', async () => {
    const voiceId = await lab.sampledVoice();
    for (let n = 0; n < 2; n += 1) await lab.embed(voiceId, [1, 2, 3]);
    await domain.get(VoicesService).remove(voiceId);
    await lab.garbage.removeDue();
    expect(await lab.storedKeys(voiceId)).toEqual([]);
    expect(await domain.count('embedding_runs WHERE voice_id = $1', [voiceId])).toBe(0);
    await expect(runs.list(voiceId)).resolves.toEqual([]);
  });

  it('count for the quota with all their files', async () => {
    const voiceId = await lab.sampledVoice();
    for (let n = 0; n < 2; n += 1) await lab.embed(voiceId, [1, 2, 3]);
    const sizes = (await runs.list(voiceId)).map(({ bytes }) => bytes);
    expect(sizes).toEqual([115_500, 115_500]);
    await domain.get(EmbeddingsService).deleteTestFiles(voiceId, 'kyutai');
    expect((await runs.list(voiceId)).map(({ bytes }) => bytes)).toEqual([300, 300]);
    await lab.removeAll();
    expect((await lab.storedKeys(voiceId)).filter((key) => key.includes('/test/'))).toEqual([]);
  });
});

describe('EmbeddingRunsService.remove', () => {
  it('deletes a run with its files, and refuses the current run', async () => {
    const voiceId = await lab.sampledVoice();
    const [first, second] = [await lab.embed(voiceId, [1, 2]), await lab.embed(voiceId, [1, 2])];
    await expect(runs.remove(voiceId, second.runId)).rejects.toMatchObject({ code: 'run_is_current' });
    await runs.remove(voiceId, first.runId);
    await lab.removeAll();
    const stored = await lab.storedKeys(voiceId);
    expect(first.files.filter((key) => stored.includes(key))).toEqual([]);
    expect(stored).toEqual(expect.arrayContaining([...second.files]));
    expect(await summaries(voiceId)).toEqual([{ id: second.runId, isCurrent: true }]);
  });
});

describe('insertEmbedding', () => {
  const insert = (voiceId: string, embedding: MovedEmbedding): Promise<void> =>
    domain.database.transaction((tx) => insertEmbedding(tx, voiceId, embedding));
  /** The run of another voice, as if its files had been brought to a new one. */
  const broughtRun = async (voiceId: string): Promise<MovedRun> => {
    const source = await lab.sampledVoice();
    const { runId } = await lab.embed(source, [2, 1]);
    const { run } = await runs.find(source, runId);
    return { ...run, testSamples: run.testSamples ?? [], archiveKey: `voices/${voiceId}/brought.zip` };
  };
  const lastUpdateTime = new Date('2026-01-02T03:04:05Z');

  it('shows the run with all that it has made, and keeps its date', async () => {
    const voiceId = await lab.sampledVoice();
    const run = await broughtRun(voiceId);
    const shown = { isStale: true, showsResults: true, run };
    await insert(voiceId, { ttsType: 'kyutai', lastUpdateStatus: 'failed', lastUpdateTime, ...shown });
    const { embedding } = await lab.details(voiceId);
    expect(embedding).toMatchObject({ lastUpdateStatus: 'failed', lastUpdateTime, stale: true, scores: run.scores });
    expect(embedding?.testSamples).toHaveLength(2);
    const [only] = await runs.list(voiceId);
    const brought = (await runs.find(voiceId, required(only).id)).run;
    expect(brought).toEqual({ ...run, id: brought.id, voiceId, shownAt: brought.shownAt });
  });

  it('shows no scores and test samples that are about other samples, and the run has them', async () => {
    const voiceId = await lab.sampledVoice();
    const run = await broughtRun(voiceId);
    const hidden = { isStale: true, showsResults: false, run };
    await insert(voiceId, { ttsType: 'kyutai', lastUpdateStatus: 'success', lastUpdateTime, ...hidden });
    expect((await lab.details(voiceId)).embedding).toMatchObject({ scores: [], testSamples: [], stale: true });
    expect((await runs.list(voiceId))[0]).toMatchObject({ isCurrent: true, bestScore: 0.9 });
  });

  it('takes a failure without a run', async () => {
    const voiceId = await lab.sampledVoice();
    const failed = { isStale: true, showsResults: false, run: null };
    await insert(voiceId, { ttsType: 'kyutai', lastUpdateStatus: 'failed', lastUpdateTime, ...failed });
    expect((await lab.details(voiceId)).embedding).toMatchObject({
      lastUpdateStatus: 'failed',
      runId: null,
      stale: true,
    });
    expect(await runs.list(voiceId)).toEqual([]);
  });
});
