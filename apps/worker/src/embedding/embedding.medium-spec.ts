import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { EmbeddingResults, EmbeddingsService, GpuJobsRepository, newHookToken } from '#libs/embeddings';
import { JobQueues, type ClaimedJob } from '#libs/jobs';
import { Metrics } from '#libs/metrics';
import { RunpodClient } from '#libs/runpod';
import { SamplesService } from '#libs/samples';
import {
  inboxEmbeddingZipKey,
  inboxOutputKey,
  inboxTestSampleKey,
  OBJECT_STORAGE,
  type GenerationId,
  type ObjectStorage,
} from '#libs/storage';
import { Processing, VoicesService } from '#libs/voices';
import { convertedSample, Domain } from '../../../../test/support/domain.js';
import { JobRunner } from '../running/job-runner.js';
import { Stopping } from '../running/stopping.js';
import { GarbageCollector } from '../upkeep/garbage-collector.js';
import { StoredObjectsRepository } from '../upkeep/stored-objects.repository.js';
import { CollectStep } from './collect.step.js';
import { EmbeddingProcessor } from './embedding.processor.js';
import { GpuWait } from './gpu-wait.js';
import { PollStep } from './poll.step.js';
import { SubmitStep } from './submit.step.js';

const callbackUrl = 'http://timbre.test';

interface StatusAnswer {
  readonly status: number;
  readonly body: unknown;
}

let domain: Domain;
let storage: ObjectStorage;
let runpod: Server;
let processor: EmbeddingProcessor;
const answers = new Map<string, StatusAnswer>();
const failed: string[] = [];

beforeAll(async () => {
  domain = await Domain.open();
  storage = domain.get<ObjectStorage>(OBJECT_STORAGE);
  runpod = createServer((request, response) => {
    const id = request.url?.split('/').at(-1) ?? '';
    const answer = answers.get(id) ?? { status: 404, body: { error: 'job not found' } };
    request.resume();
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => runpod.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(runpod.address() as AddressInfo).port}/v2`;
  const client = new RunpodClient({ baseUrl, apiKey: 'key', timeoutMs: 5_000 });
  const logger = pino({ level: 'silent' });
  const stopping = new Stopping();
  const [gpuJobs, queues] = [domain.get(GpuJobsRepository), domain.get(JobQueues)];
  const gpuWait = new GpuWait(gpuJobs, queues);
  const [samples, processing] = [domain.get(SamplesService), domain.get(Processing)];
  const garbage = new GarbageCollector(storage, new StoredObjectsRepository(domain.database), logger);
  processor = new EmbeddingProcessor(
    new JobRunner(domain.database, domain.jobs, processing, garbage, stopping, new Metrics('worker'), logger),
    new SubmitStep(
      domain.database,
      gpuJobs,
      samples,
      storage,
      client,
      gpuWait,
      {
        runpodEndpoints: new Map([['kyutai', 'e1']]),
        embeddingDeadlineSeconds: 3_600,
        testSentences: ['One.'],
        callbackUrl,
      },
      logger,
    ),
    new PollStep(gpuJobs, processing, storage, client, queues, {
      unknownOutcomeSeconds: 600,
      onFailed: (job, why) => void failed.push(`${job.id} ${why.code}`),
    }),
    new CollectStep(domain.get(EmbeddingResults), gpuWait, samples, storage, client, { sentenceCount: 1 }),
    stopping,
    logger,
  );
});
afterAll(async () => {
  await new Promise((resolve) => runpod.close(resolve));
  await domain.close();
});

/** A job that waits on the GPU, its poll due; its one sample has index 1. */
const waitingJob = async (runpodJobId: string): Promise<ClaimedJob> => {
  const voiceId = await domain.emptyVoice();
  await domain.get(SamplesService).add(voiceId, convertedSample(voiceId));
  await domain.get(EmbeddingsService).request(voiceId, undefined);
  const job = await domain.claim(voiceId, 'embed');
  const gpuJobs = domain.get(GpuJobsRepository);
  await gpuJobs.noteSubmitting(job, { endpoint: 'e1', hookToken: newHookToken(), deadlineSeconds: 3_600 });
  await gpuJobs.noteWaiting(job, runpodJobId, 0);
  return job;
};
const details = (job: ClaimedJob) => domain.get(VoicesService).details(job.voiceId);
const completed = (output?: unknown): StatusAnswer => ({ status: 200, body: { status: 'COMPLETED', output } });

const text = (content: string) => ({
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});
const inbox = (job: ClaimedJob): GenerationId => ({ voiceId: job.voiceId, jobId: job.id, generation: job.generation });
async function* once(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}
const put = (key: string, content: string): Promise<unknown> =>
  storage.put(key, once(content), { contentType: 'application/octet-stream' });

/** Delivers zip and test sample as a handler does; returns what it then says. */
const deliver = async (job: ClaimedJob): Promise<unknown> => {
  await put(inboxEmbeddingZipKey(inbox(job)), 'the zip');
  await put(inboxTestSampleKey(inbox(job), 1, 1), 'the test sample');
  return {
    version: 1,
    job: job.id,
    tts_type: 'kyutai',
    engine: { name: 'test', version: '1', scorer: 'test' },
    embedding_zip: text('the zip'),
    test_samples: [{ sample_index: 1, sentence_index: 1, duration: 1.5, ...text('the test sample') }],
    sample_scores: [{ sample_index: 1, score: 0.9 }],
  };
};

/** Its time to be looked at again has come. */
const lookAgain = async (jobId: string): Promise<void> => {
  await domain.database.query('UPDATE jobs SET run_after = now() WHERE id = $1', [jobId]);
  await processor.deliver(jobId);
};

describe('a poll', () => {
  it('collects what /status tells: the objects are ours, nobody can write them any more', async () => {
    const job = await waitingJob('gpu-good');
    answers.set('gpu-good', completed(await deliver(job)));
    await processor.poll(job.id);
    expect(await details(job)).toMatchObject({
      status: { embedding: 'completed' },
      preferred_sample_index: 1,
      embedding_info: { last_update_status: 'success', test_samples: [{ filename: 'test_1_1.opus' }] },
    });
    const [embedding] = await domain.database.query<{ zip_key: string }>(
      'SELECT zip_key FROM embeddings WHERE voice_id = $1',
      [job.voiceId],
    );
    expect(embedding?.zip_key).toContain(`/jobs/${job.id}/2/`);
    expect(await storage.stat(embedding?.zip_key ?? '')).not.toBeNull();
  });

  it.each([
    ['404', 'gpu-expired', { status: 404, body: {} }],
    ['500', 'gpu-500', { status: 500, body: {} }],
    ['completed without an output', 'gpu-silent', completed()],
  ])('lets the result object decide when /status says %s', async (_what, runpodJobId, answer) => {
    const job = await waitingJob(runpodJobId);
    answers.set(runpodJobId, answer);
    await put(inboxOutputKey(inbox(job)), JSON.stringify(await deliver(job)));
    await processor.poll(job.id);
    expect(await details(job)).toMatchObject({ status: { embedding: 'completed' }, preferred_sample_index: 1 });
  });

  it.each([
    ['no output', 'gpu-none', completed()],
    ['null', 'gpu-null', completed(null)],
    ['a text', 'gpu-text', completed('done')],
  ])(
    'fails a job that completed with %s and left no result: it is never waited for again',
    async (_what, id, answer) => {
      const job = await waitingJob(id);
      answers.set(id, answer);
      await processor.poll(job.id);
      expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'failed', error_code: 'gpu_output_invalid' });
      expect(await details(job)).toMatchObject({
        status: { embedding: 'failed' },
        errors: { embedding: expect.stringContaining('a result that is no JSON object') },
      });
    },
  );

  it('fails a job whose result object is larger than an output may be', async () => {
    const job = await waitingJob('gpu-huge');
    await put(inboxOutputKey(inbox(job)), 'x'.repeat(1024 * 1024 + 1));
    await processor.poll(job.id);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'failed', error_code: 'gpu_output_invalid' });
    expect((await details(job)).errors.embedding).toContain('larger than 1 MiB');
  });

  it.each([
    ['a zip that was not delivered', 'gpu-lost-zip', 'none', 'did not deliver the embedding zip'],
    ['other bytes than it said', 'gpu-other-zip', 'other', 'delivered other bytes of the embedding zip'],
  ])('fails a job with %s, and shows nothing of it', async (_what, id, how, sentence) => {
    const job = await waitingJob(id);
    answers.set(id, completed(await deliver(job)));
    if (how === 'other') await put(inboxEmbeddingZipKey(inbox(job)), 'THE ZIP');
    else await storage.delete([inboxEmbeddingZipKey(inbox(job))]);
    await processor.poll(job.id);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'queued', attempts: 1 });
    for (let look = 2; look <= 5; look += 1) await lookAgain(job.id);
    expect(await details(job)).toMatchObject({
      status: { embedding: 'failed' },
      errors: { embedding: expect.stringContaining(sentence) },
      embedding_zip_url: null,
      embedding_info: { test_samples: [] },
    });
  });

  it('takes the objects of another run once they are what was told', async () => {
    const job = await waitingJob('gpu-twice');
    answers.set('gpu-twice', completed(await deliver(job)));
    await put(inboxEmbeddingZipKey(inbox(job)), 'THE ZIP');
    await processor.poll(job.id);
    await deliver(job);
    await lookAgain(job.id);
    expect(await details(job)).toMatchObject({ status: { embedding: 'completed' } });
  });

  it('ends a job that failed on the GPU, and tells operators of it once', async () => {
    const job = await waitingJob('gpu-failed');
    answers.set('gpu-failed', { status: 200, body: { status: 'FAILED', error: 'out of memory' } });
    await processor.poll(job.id);
    await processor.poll(job.id);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'failed' });
    expect(failed).toEqual([`${job.id} gpu_failed`]);
  });

  it('goes on waiting while it runs, and tells how far it is', async () => {
    const job = await waitingJob('gpu-busy');
    answers.set('gpu-busy', {
      status: 200,
      body: { status: 'IN_PROGRESS', output: { stage: 'testing', done: 3, of: 12 } },
    });
    await processor.poll(job.id);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'waiting', gpu_seen: true, polls: 1 });
    expect((await details(job)).progress).toEqual({ stage: 'testing', done: 3, of: 12 });
  });
});

describe('a delivery of a job that was being collected when its worker died', () => {
  it('asks again and collects', async () => {
    const job = await waitingJob('gpu-orphan');
    await domain.jobs.claimWaiting(job.id);
    await domain.expireLease(job.id);
    answers.set('gpu-orphan', completed(await deliver(job)));
    await processor.deliver(job.id);
    expect(await details(job)).toMatchObject({ status: { embedding: 'completed' } });
  });

  it('waits on when RunPod does not answer now', async () => {
    const job = await waitingJob('gpu-away');
    await domain.jobs.claimWaiting(job.id);
    await domain.expireLease(job.id);
    answers.set('gpu-away', { status: 500, body: {} });
    await processor.deliver(job.id);
    expect(await domain.row('jobs', job.id)).toMatchObject({ state: 'waiting', stage: 'collect', deaths: 0 });
  });
});

describe('a submission', () => {
  it('is not made once the deadline of an earlier try that did not arrive has passed', async () => {
    const voiceId = await domain.emptyVoice();
    await domain.get(SamplesService).add(voiceId, convertedSample(voiceId));
    await domain.get(EmbeddingsService).request(voiceId, undefined);
    const jobId = await domain.jobId(voiceId, 'embed');
    answers.set('run', { status: 429, body: {} });
    await processor.deliver(jobId);
    expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'queued', stage: 'submit', submissions: 0 });

    await domain.database.query(`UPDATE jobs SET run_after = now(), deadline = now() - interval '1 s' WHERE id = $1`, [
      jobId,
    ]);
    answers.set('run', { status: 200, body: { id: 'gpu-late', status: 'IN_QUEUE' } });
    await processor.deliver(jobId);
    expect(await domain.row('jobs', jobId)).toMatchObject({ state: 'failed', error_code: 'deadline_passed' });
  });

  it('waits on the GPU once it was accepted', async () => {
    const voiceId = await domain.emptyVoice();
    await domain.get(SamplesService).add(voiceId, convertedSample(voiceId));
    await domain.get(EmbeddingsService).request(voiceId, undefined);
    const jobId = await domain.jobId(voiceId, 'embed');
    answers.set('run', { status: 200, body: { id: 'gpu-new', status: 'IN_QUEUE' } });
    await processor.deliver(jobId);
    expect(await domain.row('jobs', jobId)).toMatchObject({
      state: 'waiting',
      stage: 'collect',
      submissions: 1,
      submitted_generation: 1,
      runpod_job_id: 'gpu-new',
      runpod_endpoint: 'e1',
    });
  });
});
