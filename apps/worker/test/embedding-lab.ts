import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { EmbeddingResults, EmbeddingsService, GpuJobsRepository, newHookToken } from '#libs/embeddings';
import { JobQueues, type ClaimedJob } from '#libs/jobs';
import { Metrics } from '#libs/metrics';
import { RunpodClient } from '#libs/runpod';
import { SamplesService } from '#libs/samples';
import {
  inboxEmbeddingZipKey,
  inboxTestSampleKey,
  OBJECT_STORAGE,
  type GenerationId,
  type ObjectStorage,
} from '#libs/storage';
import { Processing, VoicesService } from '#libs/voices';
import { convertedSample, Domain, required } from '../../../test/support/domain.js';
import { CollectStep } from '../src/embedding/collect.step.js';
import { EmbeddingProcessor } from '../src/embedding/embedding.processor.js';
import { GpuWait } from '../src/embedding/gpu-wait.js';
import { PollStep } from '../src/embedding/poll.step.js';
import { SubmitStep } from '../src/embedding/submit.step.js';
import { JobRunner } from '../src/running/job-runner.js';
import { Stopping } from '../src/running/stopping.js';
import { GarbageCollector } from '../src/upkeep/garbage-collector.js';
import { StoredObjectsRepository } from '../src/upkeep/stored-objects.repository.js';

/** An answer of RunPod. */
export interface RunpodAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What RunPod says of a job that ended well. */
export const completed = (output?: unknown): RunpodAnswer => ({ status: 200, body: { status: 'COMPLETED', output } });

const text = (content: string) => ({
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});

/** Where a handler puts what it made. */
export const inbox = (job: ClaimedJob): GenerationId => ({
  voiceId: job.voiceId,
  jobId: job.id,
  generation: job.generation,
});

async function* once(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}

/** The embedding side of a worker, on a database and a folder of its own, and a RunPod that says what it is told. */
export class EmbeddingLab {
  /** By the id of the GPU job; `run` answers submissions. What is not here is 404. */
  readonly answers = new Map<string, RunpodAnswer>();
  /** What operators were told of jobs that a poll has ended. */
  readonly failed: string[] = [];
  readonly stopping = new Stopping();

  private constructor(
    readonly domain: Domain,
    private readonly runpod: Server,
  ) {}

  /** @param redisUrl default: Redis is down */
  static async open(redisUrl?: string): Promise<EmbeddingLab> {
    const runpod = createServer();
    await new Promise<void>((resolve) => runpod.listen(0, '127.0.0.1', resolve));
    const lab = new EmbeddingLab(await Domain.open(redisUrl === undefined ? {} : { redisUrl }), runpod);
    runpod.on('request', (request, response) => {
      const id = request.url?.split('/').at(-1) ?? '';
      const answer = lab.answers.get(id) ?? { status: 404, body: { error: 'job not found' } };
      request.resume();
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
    return lab;
  }

  get storage(): ObjectStorage {
    return this.domain.get<ObjectStorage>(OBJECT_STORAGE);
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.runpod.close(resolve));
    await this.domain.close();
  }

  runner(): JobRunner {
    const { domain, storage, stopping } = this;
    const logger = pino({ level: 'silent' });
    const garbage = new GarbageCollector(storage, new StoredObjectsRepository(domain.database), logger);
    return new JobRunner(
      ...([domain.database, domain.jobs, domain.get(Processing), garbage, stopping] as const),
      new Metrics('worker'),
      logger,
    );
  }

  /** What a worker hands deliveries to. */
  processor(): EmbeddingProcessor {
    const { domain, storage, stopping, failed } = this;
    const baseUrl = `http://127.0.0.1:${(this.runpod.address() as AddressInfo).port}/v2`;
    const client = new RunpodClient({ baseUrl, apiKey: 'key', timeoutMs: 5_000 });
    const logger = pino({ level: 'silent' });
    const [gpuJobs, queues] = [domain.get(GpuJobsRepository), domain.get(JobQueues)];
    const gpuWait = new GpuWait(gpuJobs, queues);
    const [samples, processing] = [domain.get(SamplesService), domain.get(Processing)];
    const submitOptions = {
      runpodEndpoints: new Map([['kyutai', 'e1']]),
      embeddingDeadlineSeconds: 3_600,
      testSentences: ['One.'],
      callbackUrl: 'http://timbre.test',
    };
    return new EmbeddingProcessor(
      this.runner(),
      new SubmitStep(domain.database, gpuJobs, samples, storage, client, gpuWait, submitOptions, logger),
      new PollStep(gpuJobs, processing, storage, client, queues, {
        unknownOutcomeSeconds: 600,
        onFailed: (job, why) => void failed.push(`${job.id} ${why.code}`),
      }),
      new CollectStep(domain.get(EmbeddingResults), gpuWait, samples, storage, client, { sentenceCount: 1 }),
      stopping,
      logger,
    );
  }

  /** A job that is to be submitted; its one sample has index 1. */
  async requestedJob(): Promise<ClaimedJob> {
    const { domain } = this;
    const voiceId = await domain.emptyVoice();
    await domain.get(SamplesService).add(voiceId, convertedSample(voiceId));
    await domain.get(EmbeddingsService).request(voiceId, undefined);
    return required(await domain.jobs.find(await domain.jobId(voiceId, 'embed')));
  }

  /** A job that waits on the GPU. */
  async waitingJob(runpodJobId: string, { firstPollMs = 0, hookToken = newHookToken() } = {}): Promise<ClaimedJob> {
    const { domain } = this;
    const job = required(await domain.jobs.claim((await this.requestedJob()).id));
    const gpuJobs = domain.get(GpuJobsRepository);
    await gpuJobs.noteSubmitting(job, { endpoint: 'e1', hookToken, deadlineSeconds: 3_600 });
    await gpuJobs.noteWaiting(job, runpodJobId, firstPollMs);
    return job;
  }

  details(job: ClaimedJob): ReturnType<VoicesService['details']> {
    return this.domain.get(VoicesService).details(job.voiceId);
  }

  put(key: string, content: string): Promise<unknown> {
    return this.storage.put(key, once(content), { contentType: 'application/octet-stream' });
  }

  /** Delivers zip and test sample as a handler does. @returns what it then says */
  async deliver(job: ClaimedJob): Promise<unknown> {
    await this.put(inboxEmbeddingZipKey(inbox(job)), 'the zip');
    await this.put(inboxTestSampleKey(inbox(job), 1, 1), 'the test sample');
    return {
      version: 1,
      job: job.id,
      tts_type: 'kyutai',
      engine: { name: 'test', version: '1', scorer: 'test' },
      embedding_zip: text('the zip'),
      test_samples: [{ sample_index: 1, sentence_index: 1, duration: 1.5, ...text('the test sample') }],
      sample_scores: [{ sample_index: 1, score: 0.9 }],
    };
  }
}
