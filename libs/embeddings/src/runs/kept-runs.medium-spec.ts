import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StoredSampleEmbedding } from '#libs/database';
import type { EmbedJob } from '#libs/jobs';
import { GarbageCollector, StoredObjectsRepository } from '#libs/retention';
import { SamplesService, SplittingService } from '#libs/samples';
import { OBJECT_STORAGE, sampleEmbeddingKey, type ObjectStorage } from '#libs/storage';
import { VoicesService, type VoiceDetails } from '#libs/voices';
import { pino } from 'pino';
import {
  collected,
  convertedSample,
  cutSamples,
  Domain,
  required,
  resplit,
  storedOriginal,
} from '../../../../test/support/domain.js';
import { EmbeddingResults, type CollectedEmbedding } from '../embedding-results.js';
import { EmbeddingsService } from '../embeddings.service.js';
import { completeAllRuns } from './complete-runs.js';
import type { RunSummary } from './embedding-runs.repository.js';
import { EmbeddingRunsService } from './embedding-runs.service.js';
import { insertEmbedding, type MovedEmbedding, type MovedRun } from './moved-embeddings.js';

let domain: Domain;
let runs: EmbeddingRunsService;
let storage: ObjectStorage;
let garbage: GarbageCollector;
beforeAll(async () => {
  domain = await Domain.open();
  runs = domain.get(EmbeddingRunsService);
  storage = domain.get<ObjectStorage>(OBJECT_STORAGE);
  const rows = new StoredObjectsRepository(domain.database);
  garbage = new GarbageCollector(storage, rows, pino({ level: 'silent' }));
});
afterAll(() => domain.close());

const details = (voiceId: string): Promise<VoiceDetails> => domain.get(VoicesService).details(voiceId);

async function* content(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('bytes');
}
const put = (key: string): Promise<unknown> => storage.put(key, content(), { contentType: 'audio/ogg' });

const storedKeys = async (voiceId: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of storage.list(`voices/${voiceId}/`)) keys.push(key);
  return keys.sort();
};

/** A voice with uploaded samples, whose files are stored. */
const sampledVoice = async (count = 3): Promise<string> => {
  const voiceId = await domain.emptyVoice();
  for (let n = 0; n < count; n += 1) {
    const sample = convertedSample(voiceId);
    await put(sample.objectKey);
    await domain.get(SamplesService).add(voiceId, sample);
  }
  return voiceId;
};

const madeOf = (job: EmbedJob, indexes: readonly number[], first: number): CollectedEmbedding => {
  const scores = indexes.map((sampleIndex, at) => ({ sampleIndex, score: first - at / 10 }));
  const to = { voiceId: job.voiceId, jobId: job.id, generation: job.generation };
  const sampleEmbeddings: StoredSampleEmbedding[] = scores.map(({ sampleIndex, score }) => ({
    ...{ sampleIndex, score, sampleSha256: 'cd'.repeat(32), secondsUsed: 12 },
    ...{ objectKey: sampleEmbeddingKey(to, sampleIndex), bytes: 100, sha256: 'ab'.repeat(32), crc32: 1 },
  }));
  return { ...collected(job, scores), archiveBytes: 0, sampleEmbeddings };
};

interface Embedded {
  readonly made: CollectedEmbedding;
  readonly files: readonly string[];
  readonly runId: string;
}

/** Embeds samples; all files of the run are stored. The first one has the best score. */
const embed = async (
  voiceId: string,
  indexes: readonly number[],
  best = 0.9,
  ttsType = 'kyutai',
): Promise<Embedded> => {
  await domain.get(EmbeddingsService).request(voiceId, { ttsType });
  return finish(voiceId, indexes, best);
};

const finish = async (voiceId: string, indexes: readonly number[], best = 0.9): Promise<Embedded> => {
  const job = await domain.claim(voiceId, 'embed');
  const made = madeOf(job, indexes, best);
  const files = [...made.sampleEmbeddings, ...made.testSamples].map(({ objectKey }) => objectKey);
  await Promise.all(files.map(put));
  await domain.get(EmbeddingResults).commit(job, made);
  return { made, files, runId: required((await details(voiceId)).embedding?.runId) };
};

const summaries = async (voiceId: string): Promise<Pick<RunSummary, 'id' | 'isCurrent'>[]> =>
  (await runs.list(voiceId)).map(({ id, isCurrent }) => ({ id, isCurrent }));

/** Performs all removals as if their time had come. */
const removeAll = async (): Promise<void> => {
  await domain.database.query('UPDATE object_removals SET due_at = now(), retry_at = NULL');
  await garbage.removeDue();
};

const split = async (voiceId: string): Promise<void> => {
  const job = await domain.claim(voiceId, 'split');
  const original = storedOriginal(job);
  await domain
    .get(SplittingService)
    .commit(job, { samples: cutSamples(job, 3), ...(job.params.first && { original }) });
};

describe('kept runs', () => {
  it('are the last three of each tts type, and the others leave nothing in the storage', async () => {
    const voiceId = await sampledVoice();
    const other = await embed(voiceId, [1, 2], 0.9, 'other');
    const made: Embedded[] = [];
    for (let n = 0; n < 5; n += 1) made.push(await embed(voiceId, [1, 2, 3], 0.5 + n / 10, 'kyutai'));
    const kept = made.slice(2);
    expect(await summaries(voiceId)).toEqual([
      ...[...kept].reverse().map(({ runId }, at) => ({ id: runId, isCurrent: at === 0 })),
      { id: other.runId, isCurrent: true },
    ]);
    expect((await runs.list(voiceId))[0]).toMatchObject({
      ...{ ttsType: 'kyutai', language: 'en', sampleCount: 3, bestScore: 0.9, bytes: 3 * 100 + 3 * 38_400 },
      engine: { name: 'acoustic-baseline' },
    });
    await removeAll();
    const samples = (await storedKeys(voiceId)).filter((key) => key.includes('/uploaded/'));
    expect(samples).toHaveLength(3);
    const files = [other, ...kept].flatMap((run) => run.files);
    expect(await storedKeys(voiceId)).toEqual([...samples, ...files].sort());
    await garbage.sweep(-60_000);
    expect(await storedKeys(voiceId)).toEqual([...samples, ...files].sort());
  });

  it('keep the current run, however old it is', async () => {
    const voiceId = await sampledVoice();
    const first = await embed(voiceId, [1, 2, 3]);
    for (let n = 0; n < 2; n += 1) await embed(voiceId, [1, 2, 3]);
    await runs.restore(voiceId, first.runId);
    const last = await embed(voiceId, [1, 2, 3]);
    // The restored run is an earlier one again, and the oldest of all.
    expect((await summaries(voiceId)).map(({ id }) => id)).not.toContain(first.runId);
    expect((await summaries(voiceId))[0]).toEqual({ id: last.runId, isCurrent: true });
  });

  it('leave nothing of an erased voice', async () => {
    const voiceId = await sampledVoice();
    for (let n = 0; n < 2; n += 1) await embed(voiceId, [1, 2, 3]);
    await domain.get(VoicesService).remove(voiceId);
    await garbage.removeDue();
    expect(await storedKeys(voiceId)).toEqual([]);
    expect(await domain.count('embedding_runs WHERE voice_id = $1', [voiceId])).toBe(0);
    await expect(runs.list(voiceId)).resolves.toEqual([]);
  });

  it('count for the quota with all their files', async () => {
    const voiceId = await sampledVoice();
    for (let n = 0; n < 2; n += 1) await embed(voiceId, [1, 2, 3]);
    const sizes = (await runs.list(voiceId)).map(({ bytes }) => bytes);
    expect(sizes).toEqual([115_500, 115_500]);
    await domain.get(EmbeddingsService).deleteTestFiles(voiceId, 'kyutai');
    expect((await runs.list(voiceId)).map(({ bytes }) => bytes)).toEqual([300, 300]);
    await removeAll();
    expect((await storedKeys(voiceId)).filter((key) => key.includes('/test/'))).toEqual([]);
  });
});

describe('EmbeddingRunsService.restore', () => {
  it('shows scores, test samples, embeddings and preferred sample of the run again', async () => {
    const voiceId = await sampledVoice();
    const first = await embed(voiceId, [2, 1, 3]);
    const before = await details(voiceId);
    const second = await embed(voiceId, [3, 1]);
    expect(await details(voiceId)).toMatchObject({ preferredSampleIndex: 3, embedding: { runId: second.runId } });

    const after = await runs.restore(voiceId, first.runId);
    const { lastUpdateTime: _then, ...embedding } = required(before.embedding);
    expect(after.embedding).toMatchObject(embedding);
    expect(after).toMatchObject({ preferredSampleIndex: 2, embeddingStatus: 'completed', embeddingError: null });
    expect(await domain.get(EmbeddingsService).sampleEmbedding(voiceId, 'kyutai', null)).toEqual(
      first.made.sampleEmbeddings[0],
    );
    expect(await domain.get(EmbeddingsService).testSamples(voiceId, 'kyutai')).toHaveLength(3);
    expect((await runs.find(voiceId, second.runId)).run.scores).toEqual(second.made.scores);
    await removeAll();
    expect(await storedKeys(voiceId)).toEqual(expect.arrayContaining([...first.files, ...second.files]));
  });

  it('changes nothing for the current run, and takes back a failure', async () => {
    const voiceId = await sampledVoice();
    const { runId } = await embed(voiceId, [1, 2, 3]);
    const before = await details(voiceId);
    await domain.database.query(
      `UPDATE voices SET embedding_status = 'failed', embedding_error = 'It failed' WHERE id = $1`,
      [voiceId],
    );
    const { embedding, ...after } = await runs.restore(voiceId, runId);
    expect(after).toMatchObject({ embeddingStatus: 'completed', embeddingError: null });
    expect({ ...embedding, lastUpdateTime: null }).toEqual({ ...before.embedding, lastUpdateTime: null });
  });

  it('makes the tts type of the run that of the voice, and keeps the choice of a person', async () => {
    const voiceId = await sampledVoice();
    const { runId } = await embed(voiceId, [1, 2, 3]);
    await embed(voiceId, [3, 2, 1], 0.9, 'other');
    await domain.get(VoicesService).setPreferredSample(voiceId, 2);
    expect(await runs.restore(voiceId, runId)).toMatchObject({ embeddingType: 'kyutai', preferredSampleIndex: 2 });
  });

  it('leaves the embedding stale if samples were added or deleted since', async () => {
    const voiceId = await sampledVoice();
    const { runId } = await embed(voiceId, [1, 2, 3]);
    await domain.get(SamplesService).remove(voiceId, 1);
    await embed(voiceId, [2, 3]);
    const after = await runs.restore(voiceId, runId);
    expect(after.embedding).toMatchObject({ stale: true, staleReasons: ['samples_changed'] });
    expect(after.preferredSampleIndex).toBe(2); // the best one that is left
  });

  it('throws run_samples_gone after a re-split, and the run keeps its results', async () => {
    const voiceId = await domain.uploadedVoice();
    await split(voiceId);
    const { runId, made, files } = await finish(voiceId, [1, 2, 3]);
    await domain.get(SplittingService).request(voiceId, resplit);
    await split(voiceId);
    await expect(runs.restore(voiceId, runId)).rejects.toMatchObject({
      code: 'run_samples_gone',
      message: 'The samples of this run are gone',
    });
    expect(await details(voiceId)).toMatchObject({ embeddingStatus: 'idle', embedding: { scores: [] } });
    const { run } = await runs.find(voiceId, runId);
    expect([run.scores, run.testSamples]).toEqual([made.scores, made.testSamples]);
    await removeAll();
    expect(await storedKeys(voiceId)).toEqual(expect.arrayContaining([...files]));
  });

  it('throws run_samples_gone once all samples of the run are deleted', async () => {
    const voiceId = await sampledVoice(1);
    const { runId } = await embed(voiceId, [1]);
    await domain.get(SamplesService).remove(voiceId, 1);
    await domain.get(SamplesService).add(voiceId, convertedSample(voiceId));
    await expect(runs.restore(voiceId, runId)).rejects.toMatchObject({ code: 'run_samples_gone' });
  });

  it('throws run_not_found for a run of another voice, for one that is not kept any more, and for a deleted one', async () => {
    const [voiceId, other] = [await sampledVoice(), await sampledVoice()];
    const all: Embedded[] = [];
    for (let n = 0; n < 4; n += 1) all.push(await embed(voiceId, [1]));
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
    const voiceId = await sampledVoice(1);
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
      runIds.push(required((await details(voiceId)).embedding?.runId));
    }
    const restored = await runs.restore(voiceId, required(runIds[0]));
    expect(restored.embedding).toMatchObject({ runId: runIds[0], stale: false });
    expect(restored.embedding?.testSamples).toHaveLength(2_500);
  });

  it('is one of several changes at the same time: two restores and an embedding leave one of their states', async () => {
    const voiceId = await sampledVoice();
    const [first, second] = [await embed(voiceId, [1, 2, 3]), await embed(voiceId, [3, 2, 1])];
    await embed(voiceId, [2, 1, 3]);
    const asked = await Promise.allSettled([
      runs.restore(voiceId, first.runId),
      runs.restore(voiceId, second.runId),
      domain.get(EmbeddingsService).request(voiceId, {}),
    ]);
    for (const result of asked) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'voice_locked' });
    }
    expect(asked[2].status).toBe('fulfilled');
    const last = await finish(voiceId, [1, 2, 3]);
    expect((await summaries(voiceId)).filter(({ isCurrent }) => isCurrent)).toEqual([
      { id: last.runId, isCurrent: true },
    ]);
    expect(await domain.count('test_samples WHERE voice_id = $1', [voiceId])).toBe(3);
    expect((await details(voiceId)).embedding).toMatchObject({ scores: last.made.scores, stale: false });
  });

  it('throws voice_locked while the voice is in processing', async () => {
    const voiceId = await sampledVoice();
    const { runId } = await embed(voiceId, [1]);
    await domain.get(EmbeddingsService).request(voiceId, {});
    await expect(runs.restore(voiceId, runId)).rejects.toMatchObject({ code: 'voice_locked' });
    await expect(runs.remove(voiceId, runId)).rejects.toMatchObject({ code: 'voice_locked' });
  });
});

describe('EmbeddingRunsService.remove', () => {
  it('deletes a run with its files, and refuses the current run', async () => {
    const voiceId = await sampledVoice();
    const [first, second] = [await embed(voiceId, [1, 2]), await embed(voiceId, [1, 2])];
    await expect(runs.remove(voiceId, second.runId)).rejects.toMatchObject({ code: 'run_is_current' });
    await runs.remove(voiceId, first.runId);
    await removeAll();
    const stored = await storedKeys(voiceId);
    expect(first.files.filter((key) => stored.includes(key))).toEqual([]);
    expect(stored).toEqual(expect.arrayContaining([...second.files]));
    expect(await summaries(voiceId)).toEqual([{ id: second.runId, isCurrent: true }]);
  });
});

describe('completeAllRuns', () => {
  /** What a process of 0.1.0 leaves: an embedding without a run, its predecessor's files about to be removed. */
  const storeAsOlderProcess = (voiceId: string): Promise<unknown> =>
    domain.database.query(`UPDATE embeddings SET zip_key = $2, zip_bytes = 7, sized_zip_key = $2 WHERE voice_id = $1`, [
      voiceId,
      `voices/${voiceId}/jobs/old/1/embedding.zip`,
    ]);

  it('gives an embedding of an older process its run, and ends the runs before it', async () => {
    const voiceId = await sampledVoice();
    const { made } = await embed(voiceId, [1, 2, 3]);
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

  it('completes a run that has only the columns of the release before', async () => {
    const voiceId = await sampledVoice();
    const { runId, made } = await embed(voiceId, [1, 2]);
    await domain.database.query(
      `UPDATE embedding_runs SET test_samples = NULL, scores = '[]', samples = NULL, bytes = 0 WHERE id = $1`,
      [runId],
    );
    const { run, bytes } = await runs.find(voiceId, runId);
    expect(run).toMatchObject({ scores: made.scores, testSamples: made.testSamples, archiveBytes: 0 });
    expect(bytes).toBe(2 * 100 + 2 * 38_400);
    expect(run.samples).toHaveLength(3);
  });
});

describe('insertEmbedding', () => {
  const insert = (voiceId: string, embedding: MovedEmbedding): Promise<void> =>
    domain.database.transaction((tx) => insertEmbedding(tx, voiceId, embedding));
  /** The run of another voice, as if its files had been brought to a new one. */
  const broughtRun = async (voiceId: string): Promise<MovedRun> => {
    const source = await sampledVoice();
    const { runId } = await embed(source, [2, 1]);
    const { run } = await runs.find(source, runId);
    return { ...run, testSamples: run.testSamples ?? [], archiveKey: `voices/${voiceId}/brought.zip` };
  };
  const lastUpdateTime = new Date('2026-01-02T03:04:05Z');

  it('shows the run with all that it has made, and keeps its date', async () => {
    const voiceId = await sampledVoice();
    const run = await broughtRun(voiceId);
    const shown = { isStale: true, showsResults: true, run };
    await insert(voiceId, { ttsType: 'kyutai', lastUpdateStatus: 'failed', lastUpdateTime, ...shown });
    const { embedding } = await details(voiceId);
    expect(embedding).toMatchObject({ lastUpdateStatus: 'failed', lastUpdateTime, stale: true, scores: run.scores });
    expect(embedding?.testSamples).toHaveLength(2);
    const [only] = await runs.list(voiceId);
    const brought = (await runs.find(voiceId, required(only).id)).run;
    expect(brought).toEqual({ ...run, id: brought.id, voiceId });
  });

  it('shows no scores and test samples that are about other samples, and the run has them', async () => {
    const voiceId = await sampledVoice();
    const run = await broughtRun(voiceId);
    const hidden = { isStale: true, showsResults: false, run };
    await insert(voiceId, { ttsType: 'kyutai', lastUpdateStatus: 'success', lastUpdateTime, ...hidden });
    expect((await details(voiceId)).embedding).toMatchObject({ scores: [], testSamples: [], stale: true });
    expect((await runs.list(voiceId))[0]).toMatchObject({ isCurrent: true, bestScore: 0.9 });
  });

  it('takes a failure without a run', async () => {
    const voiceId = await sampledVoice();
    const failed = { isStale: true, showsResults: false, run: null };
    await insert(voiceId, { ttsType: 'kyutai', lastUpdateStatus: 'failed', lastUpdateTime, ...failed });
    expect((await details(voiceId)).embedding).toMatchObject({ lastUpdateStatus: 'failed', runId: null, stale: true });
    expect(await runs.list(voiceId)).toEqual([]);
  });
});
