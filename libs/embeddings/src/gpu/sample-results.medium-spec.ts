import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { startSubmission, waitOnGpu, type EmbedJob } from '#libs/jobs';
import { GarbageCollector, StoredObjectsRepository } from '#libs/retention';
import { SamplesService } from '#libs/samples';
import {
  inboxOutputKey,
  inboxPrefix,
  inboxSampleEmbeddingKey,
  sampleEmbeddingKey,
  voicePrefix,
  type ObjectStorage,
} from '#libs/storage';
import { VoicesService } from '#libs/voices';
import { convertedSample, type Domain } from '../../../../test/support/domain.js';
import { newSubmission } from '../../../../test/support/embed-jobs.js';
import { completed, EmbeddingLab, inbox, type LabWorker } from '../../../../test/support/embedding-lab.js';
import { EmbeddingsService } from '../embeddings.service.js';

let lab: EmbeddingLab;
let domain: Domain;
let storage: ObjectStorage;
let worker: LabWorker;
let garbage: GarbageCollector;

beforeAll(async () => {
  lab = await EmbeddingLab.open();
  ({ domain, storage } = lab);
  worker = lab.worker();
  const rows = new StoredObjectsRepository(domain.database);
  garbage = new GarbageCollector(storage, rows, pino({ level: 'silent' }));
});
afterAll(() => lab.close());

const newVoice = async (samples: number): Promise<string> => {
  const voiceId = await domain.emptyVoice();
  for (let n = 0; n < samples; n++) await domain.get(SamplesService).add(voiceId, convertedSample(voiceId));
  return voiceId;
};

/** A job of a voice that waits on the GPU under its own id. */
const waitingJob = async (voiceId: string): Promise<EmbedJob> => {
  await domain.get(EmbeddingsService).request(voiceId, {});
  const job = await domain.claim(voiceId, 'embed');
  await startSubmission(domain.database, job, newSubmission());
  await waitOnGpu(domain.database, job, job.id, 0);
  return job;
};

interface Failed {
  readonly sample_index: number;
  readonly code: string;
  readonly message: string;
}
const silent = (sample_index: number): Failed => ({ sample_index, code: 'no_speech', message: 'It is silent' });
const contentOf = (run: string, index: number): string => `embedding ${index} of ${run}`;

/** What a run says that has embedded these samples. */
const outputOf = (job: EmbedJob, run: string, samples: readonly number[], failed: readonly Failed[]) => ({
  ...{ version: 2, job: job.id, tts_type: 'kyutai', test_samples: [], failed_samples: failed },
  engine: { name: run, version: '1', model: 'small', revision: '7', scorer: 'test' },
  embeddings: samples.map((sample_index) => ({
    sample_index,
    bytes: contentOf(run, sample_index).length,
    sha256: createHash('sha256').update(contentOf(run, sample_index)).digest('hex'),
    seconds_used: 12,
  })),
  sample_scores: samples.map((sample_index) => ({ sample_index, score: sample_index / 10 })),
});

const upload = async (job: EmbedJob, run: string, samples: readonly number[]): Promise<void> => {
  for (const index of samples) await lab.put(inboxSampleEmbeddingKey(inbox(job), index), contentOf(run, index));
};

/** Embeds these samples; the others fail. */
const embed = async (
  voiceId: string,
  samples: readonly number[],
  failed: readonly Failed[] = [],
): Promise<EmbedJob> => {
  const job = await waitingJob(voiceId);
  await upload(job, 'the run', samples);
  lab.answers.set(job.id, completed(outputOf(job, 'the run', samples, failed)));
  await worker.polls.deliver(job.id, 1);
  return job;
};

const keysUnder = async (prefix: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix)) keys.push(key);
  return keys.sort();
};
/** The folder of the generation that has collected the job. */
const collectedIn = (job: EmbedJob) => ({ ...inbox(job), generation: 2 });
const embeddingKeys = (job: EmbedJob, samples: readonly number[]): string[] =>
  samples.map((index) => sampleEmbeddingKey(collectedIn(job), index));

const warningsOf = async (voiceId: string): Promise<string[]> =>
  (await domain.get(VoicesService).details(voiceId)).warnings.map(({ code, message }) => `${code}: ${message}`);

describe('samples that the embedding service could not embed', () => {
  const lost = (index: number): string => `sample_not_embedded: Sample ${index} was not embedded: It is silent`;

  it('become warnings of the voice, whose other samples are embedded', async () => {
    const voiceId = await newVoice(3);
    await embed(voiceId, [1], [silent(2), silent(3)]);
    expect(await warningsOf(voiceId)).toEqual([lost(2), lost(3)]);
    expect(await domain.get(VoicesService).details(voiceId)).toMatchObject({
      ...{ embeddingStatus: 'completed', embeddingError: null, preferredSampleIndex: 1 },
      embedding: { scores: [{ sampleIndex: 1, score: 0.1 }], stale: false },
    });
    const missing = { code: 'embedding_not_found' };
    await expect(domain.get(EmbeddingsService).sampleEmbedding(voiceId, 'kyutai', 2)).rejects.toMatchObject(missing);
  });

  it('are those of the last successful run', async () => {
    const voiceId = await newVoice(2);
    await embed(voiceId, [1], [silent(2)]);
    const job = await waitingJob(voiceId);
    lab.answers.set(job.id, { status: 200, body: { status: 'FAILED', error: 'out of memory' } });
    await worker.polls.deliver(job.id, 1);
    expect(await warningsOf(voiceId)).toEqual([lost(2)]);
    await embed(voiceId, [2], [silent(1)]);
    expect(await warningsOf(voiceId)).toEqual([lost(1)]);
    await embed(voiceId, [1, 2]);
    expect(await warningsOf(voiceId)).toEqual([]);
  });

  it('leave other warnings in place, and go when their sample is deleted', async () => {
    const voiceId = await newVoice(3);
    await domain.database.query(`UPDATE voices SET warnings = $2 WHERE id = $1`, [
      voiceId,
      JSON.stringify([{ code: 'wrong_length', message: 'The recording states 75 s' }]),
    ]);
    await embed(voiceId, [1], [silent(2), silent(3)]);
    await domain.get(SamplesService).remove(voiceId, 2);
    expect(await warningsOf(voiceId)).toEqual(['wrong_length: The recording states 75 s', lost(3)]);
  });
});

describe('two runs of one job', () => {
  it('are never mixed: the result object decides once their objects differ from /status', async () => {
    const job = await waitingJob(await newVoice(3));
    await upload(job, 'the first', [1, 2, 3]);
    lab.answers.set(job.id, completed(outputOf(job, 'the first', [1, 2, 3], [])));
    await upload(job, 'the second', [2]); // a second handler is at work
    await worker.polls.deliver(job.id, 1);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'queued', attempts: 1 });
    expect(await keysUnder(`${voicePrefix(job.voiceId)}jobs/`)).toEqual([]); // what was copied is gone again

    await upload(job, 'the second', [1, 3]);
    await lab.put(inboxOutputKey(inbox(job)), JSON.stringify(outputOf(job, 'the second', [1, 2, 3], [])));
    await domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [job.id]);
    await worker.steps.deliver(job.id);
    expect(await lab.details(job)).toMatchObject({ embedding: { engine: { name: 'the second' } } });
    const { objectKey } = await domain.get(EmbeddingsService).sampleEmbedding(job.voiceId, 'kyutai', 1);
    expect(await storage.stat(objectKey)).toEqual({ bytes: contentOf('the second', 1).length });
  });
});

describe('GarbageCollector, of embeddings', () => {
  const makeDue = (): Promise<unknown> =>
    domain.database.query(`UPDATE object_removals SET due_at = now() - interval '1 second'`);
  /** Everything is as old as it has to be for a sweep. */
  const sweep = (): Promise<number> => garbage.sweep(-60_000);

  it('removes the inbox and the embeddings of a run that is not kept when they are due, and no others', async () => {
    const voiceId = await newVoice(2);
    const keys: (readonly string[])[] = [];
    for (let n = 0; n < 4; n += 1) keys.push(embeddingKeys(await embed(voiceId, [1, 2]), [1, 2]));
    await sweep();
    expect(await keysUnder(`${voicePrefix(voiceId)}jobs/`)).toEqual(keys.flat().sort());
    const kept = keys.slice(1).flat().sort();
    await makeDue();
    await garbage.removeDue();
    expect(await keysUnder(voicePrefix(voiceId))).toEqual(kept);
    await sweep();
    expect(await keysUnder(voicePrefix(voiceId))).toEqual(kept);
  });

  it('sweeps what a handler uploads to the inbox after its job has ended', async () => {
    const voiceId = await newVoice(1);
    const job = await embed(voiceId, [1]);
    await makeDue();
    await garbage.removeDue();
    await upload(job, 'a straggler', [1]);
    expect(await keysUnder(inboxPrefix(inbox(job)))).toHaveLength(1);
    await sweep();
    expect(await keysUnder(voicePrefix(voiceId))).toEqual(embeddingKeys(job, [1]));
  });

  it('leaves nothing of a deleted voice', async () => {
    const voiceId = await newVoice(2);
    await embed(voiceId, [1, 2]);
    await embed(voiceId, [1], [silent(2)]);
    await domain.get(VoicesService).remove(voiceId);
    await garbage.removeDue();
    expect(await keysUnder(voicePrefix(voiceId))).toEqual([]);
    expect(await domain.count('embedding_runs WHERE voice_id = $1', [voiceId])).toBe(0);
  });
});
