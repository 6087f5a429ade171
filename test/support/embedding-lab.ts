import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import type { Config } from '#libs/config';
import { CollectStep, EmbeddingResults, PollStep, SubmitStep } from '#libs/embeddings';
import { findJob, JobQueues, type EmbedJob, type GpuJob } from '#libs/jobs';
import { Metrics } from '#libs/metrics';
import { JobSteps, PollRunner, Processing, Stopping } from '#libs/processing';
import { GarbageCollector, StoredObjectsRepository } from '#libs/retention';
import { RunpodClient } from '#libs/runpod';
import { SplitStep } from '#libs/samples';
import {
  inboxEmbeddingZipKey,
  inboxSampleEmbeddingKey,
  inboxTestSampleKey,
  OBJECT_STORAGE,
  type GenerationId,
  type ObjectStorage,
} from '#libs/storage';
import { ImportStep } from '#libs/transfer';
import { GpuUses } from '#libs/usage';
import { VoicesService } from '#libs/voices';
import { DeliveredObjects } from '../../libs/embeddings/src/gpu/delivered-objects.js';
import { GpuWait } from '../../libs/embeddings/src/gpu/gpu-wait.js';
import { SubmissionBody } from '../../libs/embeddings/src/gpu/submission-body.js';
import { SpeechBody } from '../../libs/embeddings/src/speech/speech-body.js';
import { SpeechCollector } from '../../libs/embeddings/src/speech/speech-collector.js';
import { SpeechesRepository } from '../../libs/embeddings/src/speech/speeches.repository.js';
import { JobRunner } from '../../libs/processing/src/job-runner.js';
import { RunOutcomes } from '../../libs/processing/src/run-outcomes.js';
import { Domain, ofKind, type DomainOptions } from './domain.js';
import { requestEmbedding, waitingOnGpu } from './embed-jobs.js';

/** An answer of RunPod. */
export interface RunpodAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What the handler gets of a submission. */
export interface RunBody {
  readonly input: Readonly<Record<string, unknown>>;
}

/** What RunPod says of a job that ended well. */
export const completed = (output?: unknown): RunpodAnswer => ({ status: 200, body: { status: 'COMPLETED', output } });

export const described = (content: string) => ({
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});

/** Where a handler puts what it made. */
export const inbox = (job: GpuJob): GenerationId => ({
  voiceId: job.voiceId,
  jobId: job.id,
  generation: job.generation,
});

async function* once(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}

/** What tests set for a worker. */
type LabSettings = Pick<
  Config,
  'runpodContract' | 'embeddingBytesPerSecond' | 'maxEmbeddingBytes' | 'testSentences' | 'requireConsent'
>;

/** What a worker hands deliveries to. */
export interface LabWorker {
  readonly steps: JobSteps;
  readonly polls: PollRunner;
}

const silent = pino({ level: 'silent' });

/** The embedding side of a worker, on a database and a folder of its own, and a RunPod that gives the answers it is told. */
export class EmbeddingLab {
  /** By the id of the GPU job; `run` answers submissions. Any other id is 404. */
  readonly answers = new Map<string, RunpodAnswer>();
  /** The bodies of submissions, in their order. */
  readonly submitted: RunBody[] = [];
  /** What happens before a submission is answered. */
  whileSubmitting: () => Promise<unknown> = async () => undefined;
  /** The jobs that a poll has failed, as they are logged. */
  readonly failed: string[] = [];
  readonly stopping = new Stopping();

  private constructor(
    readonly domain: Domain,
    private readonly runpod: Server,
  ) {}

  static async open(options?: DomainOptions): Promise<EmbeddingLab> {
    const runpod = createServer();
    await new Promise<void>((resolve) => runpod.listen(0, '127.0.0.1', resolve));
    const domain = await Domain.open(options);
    const lab = new EmbeddingLab(domain, runpod);
    runpod.on('request', (request, response) => {
      const id = request.url?.split('/').at(-1) ?? '';
      const answer = lab.answers.get(id) ?? { status: 404, body: { error: 'job not found' } };
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      void text(request).then(async (body) => {
        if (id === 'run') {
          lab.submitted.push(JSON.parse(body) as RunBody);
          await lab.whileSubmitting();
        }
        response.end(JSON.stringify(answer.body));
      });
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

  /** A worker that has just started: its RunPod client holds nothing back. */
  worker(settings: Partial<LabSettings> = {}): LabWorker {
    const { domain, storage, stopping, failed } = this;
    const { database } = domain;
    const baseUrl = `http://127.0.0.1:${(this.runpod.address() as AddressInfo).port}/v2`;
    const client = new RunpodClient({ baseUrl, apiKey: 'key', timeoutMs: 5_000 });
    const queues = domain.get(JobQueues);
    const metrics = new Metrics('worker');
    const config = {
      runpodEndpoints: new Map([['kyutai', 'e1']]),
      runpodExecutionTimeoutSeconds: undefined,
      runpodUnknownOutcomeSeconds: 600,
      embeddingDeadlineSeconds: 3_600,
      embeddingBytesPerSecond: 2_500_000,
      maxEmbeddingBytes: 20_000_000_000,
      testSentences: ['One.'],
      callbackUrl: 'http://timbre.test',
      runpodContract: '2' as const,
      requireConsent: 'false' as const,
      embeddingRunsKept: 3,
      ...settings,
    };
    const pollLog = pino(
      { level: 'warn' },
      {
        write: (line: string): void => {
          const { msg, job, code } = JSON.parse(line) as Record<string, string>;
          if (msg === 'job failed') failed.push(`${job} ${code}`);
        },
      },
    );
    const garbage = new GarbageCollector(storage, new StoredObjectsRepository(database), silent);
    const outcomes = new RunOutcomes(database, domain.get(Processing), garbage, metrics, silent);
    const runner = new JobRunner(database, outcomes, stopping, metrics, silent);
    const gpuWait = new GpuWait(database, queues);
    const body = new SubmissionBody(storage, config);
    const speechBody = new SpeechBody(new SpeechesRepository(database), storage, config);
    const submit = new SubmitStep(database, body, speechBody, client, gpuWait, config, silent);
    const objects = new DeliveredObjects(storage);
    const results = new EmbeddingResults(database, config);
    const speeches = new SpeechCollector(database, objects);
    const collect = new CollectStep(database, results, gpuWait, storage, objects, speeches, client, config);
    const poll = new PollStep(database, storage, client, queues, metrics, new GpuUses(database), config, pollLog);
    return {
      steps: new JobSteps(runner, domain.get(SplitStep), domain.get(ImportStep), submit, collect),
      polls: new PollRunner(runner, poll, collect, stopping, silent),
    };
  }

  /** A job that is to be submitted; its one sample has index 1. */
  async requestedJob(): Promise<EmbedJob> {
    const { domain } = this;
    const jobId = await domain.jobId(await requestEmbedding(domain), 'embed');
    return ofKind('embed', await findJob(domain.database, jobId));
  }

  /** A job that waits on the GPU; its first poll is due. */
  async waitingJob(runpodJobId: string): Promise<EmbedJob> {
    return (await waitingOnGpu(this.domain, runpodJobId)).job;
  }

  details(job: EmbedJob): ReturnType<VoicesService['details']> {
    return this.domain.get(VoicesService).details(job.voiceId);
  }

  put(key: string, content: string): Promise<unknown> {
    return this.storage.put(key, once(content), { contentType: 'application/octet-stream' });
  }

  /** Delivers embedding and test sample of sample 1 as a handler does. @returns what it then says */
  async deliver(job: EmbedJob): Promise<object> {
    const said = await this.deliverTestSample(job, 2);
    await this.put(inboxSampleEmbeddingKey(inbox(job), 1), 'the embedding');
    return {
      ...said,
      engine: { name: 'test', version: '1', model: 'small', revision: '7', scorer: 'test' },
      embeddings: [{ sample_index: 1, seconds_used: 12, ...described('the embedding') }],
      failed_samples: [],
    };
  }

  /** As {@link deliver}, as a handler does that knows only contract version 1. */
  async deliverZip(job: EmbedJob): Promise<object> {
    const said = await this.deliverTestSample(job, 1);
    await this.put(inboxEmbeddingZipKey(inbox(job)), 'the zip');
    return { ...said, engine: { name: 'test', version: '1', scorer: 'test' }, embedding_zip: described('the zip') };
  }

  private async deliverTestSample(job: EmbedJob, version: 1 | 2): Promise<object> {
    await this.put(inboxTestSampleKey(inbox(job), 1, 1), 'the test sample');
    return {
      version,
      job: job.id,
      tts_type: 'kyutai',
      test_samples: [{ sample_index: 1, sentence_index: 1, duration: 1.5, ...described('the test sample') }],
      sample_scores: [{ sample_index: 1, score: 0.9 }],
    };
  }
}
