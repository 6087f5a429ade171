import { setTimeout as pause } from 'node:timers/promises';
import type { JobRecord } from '../src/behaviours/job-record.js';
import type { Rule } from '../src/behaviours/behaviour.js';
import type { EmulatorOptions } from '../src/emulator-options.js';
import { sha256Hex } from '../src/handler/signed-objects.js';
import { startEmulator, type RunningEmulator } from '../src/start-emulator.js';
import { audioTools } from '../../../test/support/audio-measure.js';
import { ObjectServer } from './object-server.js';
import { WorkerClient } from './worker-client.js';

export type Json = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly body: Json;
}

const testKey = 'emulator-test-key';
const testSentences = ['Every voice has a story to tell.', 'The quick brown fox jumps over the lazy dog.'];

/** An emulator in this process, with a storage, and helpers for tests. */
export class EmulatorUnderTest {
  readonly key = testKey;
  readonly storage = new ObjectServer();
  private running: RunningEmulator;

  async start(options: Partial<EmulatorOptions> = {}): Promise<void> {
    await this.storage.start();
    this.running = await startEmulator({
      host: '127.0.0.1',
      port: 0,
      apiKey: testKey,
      ffmpegPath: options.ffmpegPath ?? audioTools().ffmpeg.path,
      retentionMs: 60_000,
      workers: 2,
      engine: 'acoustic-baseline',
      heartbeatMs: 60_000,
      webhookRetryMs: 20,
      shortPolicies: true,
      engineThread: new URL('../src/engine/engine-thread.js', import.meta.url),
      ...options,
    });
  }

  get url(): string {
    return this.running.url;
  }

  /** A worker that takes jobs of an endpoint. */
  worker(endpoint: string, id: string): WorkerClient {
    return new WorkerClient(`${this.running.url}/v2/${endpoint}`, testKey, id);
  }

  async stop(): Promise<void> {
    await this.running.close();
    await this.storage.stop();
  }

  async send(method: string, path: string, body?: unknown, key = testKey): Promise<Answer> {
    const response = await fetch(`${this.running.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Json) : { text } };
  }

  /** Submits a job. @throws Error unless it is accepted */
  async run(request: Json, endpoint = 'e1'): Promise<string> {
    const { status, body } = await this.send('POST', `/v2/${endpoint}/run`, request);
    if (status !== 200 || body['status'] !== 'IN_QUEUE') throw new Error(`not accepted: ${JSON.stringify(body)}`);
    return body['id'] as string;
  }

  async status(id: string, endpoint = 'e1'): Promise<Answer> {
    return this.send('GET', `/v2/${endpoint}/status/${id}`);
  }

  /** Polls until the job is in this state. @throws Error if it ends in another */
  async until(id: string, state: string, endpoint = 'e1'): Promise<Json> {
    for (;;) {
      const { body } = await this.status(id, endpoint);
      if (body['status'] === state) return body;
      if (body['status'] !== 'IN_QUEUE' && body['status'] !== 'IN_PROGRESS') throw new Error(JSON.stringify(body));
      await pause(10);
    }
  }

  async misbehave(voice: string, ...behaviours: readonly (Rule['behaviour'] & { times?: number })[]): Promise<void> {
    const rules = behaviours.map(({ times, ...behaviour }) => ({ match: { voice }, behaviour, times }));
    const { status, body } = await this.send('PUT', '/emulator/behaviours', rules);
    if (status !== 200) throw new Error(JSON.stringify(body));
  }

  async jobs(voice: string): Promise<readonly JobRecord[]> {
    return this.records(`?voice=${voice}`);
  }

  /** Returns the records of all jobs, or of those that match the query. */
  async records(query = ''): Promise<readonly JobRecord[]> {
    const { body } = await this.send('GET', `/emulator/jobs${query}`);
    return JSON.parse(body['text'] as string) as JobRecord[];
  }

  /** As `request`, of version 2, in French. */
  request2(voice: string, samples: readonly Buffer[], more: Json = {}): Json {
    const { input, ...rest } = this.request(voice, samples, more) as {
      input: Json & { results: Json; samples: Json[] };
    };
    const url = (name: string): string => this.storage.url(`/${voice}/${name}`);
    return {
      ...rest,
      input: {
        ...input,
        version: 2,
        language: 'fr',
        samples: input.samples.map((each) => ({ ...each, embedding_url: url(`embedding_${String(each['index'])}`) })),
        results: { test_samples: input.results['test_samples'], output: input.results['output'] },
      },
    };
  }

  /** Makes a request of `speak` with an embedding file. */
  speakRequest(voice: string, embedding: Buffer, text = 'Bonjour à tous.'): Json {
    const url = (name: string): string => this.storage.url(`/${voice}/${name}`);
    this.storage.objects.set(`/${voice}/embedding`, embedding);
    return {
      input: {
        ...{ version: 2, action: 'speak', job: `job-of-${voice}`, generation: 1, tts_type: 'kyutai', language: 'fr' },
        voice: { partner: 'acme', name: voice },
        embedding: { url: url('embedding'), sha256: sha256Hex(embedding), bytes: embedding.length },
        ...{ text, seed: 7 },
        results: { speech: url('speech'), output: url('output.json') },
      },
    };
  }

  /** Makes a request for a voice of these samples, with two test samples each. Its objects are under `/{voice}/`. */
  request(voice: string, samples: readonly Buffer[], more: Json = {}): Json {
    const { storage } = this;
    const url = (name: string): string => storage.url(`/${voice}/${name}`);
    const inputs = samples.map((bytes, i) => {
      storage.objects.set(`/${voice}/sample-${i + 1}`, bytes);
      return { index: i + 1, duration: 5, sha256: sha256Hex(bytes), url: url(`sample-${i + 1}`) };
    });
    const targets = inputs.flatMap(({ index }) =>
      testSentences.map((_, s) => ({ sample_index: index, sentence_index: s + 1, url: url(`test_${index}_${s + 1}`) })),
    );
    return {
      input: {
        version: 1,
        action: 'embed',
        job: `job-of-${voice}`,
        generation: 1,
        tts_type: 'kyutai',
        voice: { partner: 'acme', name: voice },
        samples: inputs,
        test_sentences: testSentences,
        results: { embedding_zip: url('zip'), test_samples: targets, output: url('output.json') },
      },
      webhook: storage.url(`/hooks/${voice}`),
      ...more,
    };
  }
}

/** Waits until a condition holds. The test's own timeout limits it. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(10);
}
