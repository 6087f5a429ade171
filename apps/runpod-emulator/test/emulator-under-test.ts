import { setTimeout as pause } from 'node:timers/promises';
import type { JobRecord } from '../src/behaviours/job-record.js';
import type { Rule } from '../src/behaviours/behaviour.js';
import type { EmulatorOptions } from '../src/emulator-options.js';
import { sha256Hex } from '../src/handler/signed-objects.js';
import { startEmulator, type RunningEmulator } from '../src/start-emulator.js';
import { buildEngineThread, type BuiltThread } from './engine-thread-build.js';
import { findFfmpeg } from './find-ffmpeg.js';
import { ObjectServer } from './object-server.js';

export type Json = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly body: Json;
}

const KEY = 'emulator-test-key';
const SENTENCES = ['Every voice has a story to tell.', 'The quick brown fox jumps over the lazy dog.'];

/** An emulator in this process with storage beside it, and what tests do with it. */
export class EmulatorUnderTest {
  readonly storage = new ObjectServer();
  private running: RunningEmulator;
  private thread: BuiltThread;

  async start(options: Partial<EmulatorOptions> = {}): Promise<void> {
    this.thread = await buildEngineThread();
    await this.storage.start();
    this.running = await startEmulator({
      host: '127.0.0.1',
      port: 0,
      apiKey: KEY,
      ffmpegPath: await findFfmpeg(),
      retentionMs: 60_000,
      workers: 2,
      webhookRetryMs: 20,
      shortPolicies: true,
      engineThread: this.thread.url,
      ...options,
    });
  }

  async stop(): Promise<void> {
    await this.running.close();
    await this.storage.stop();
    await this.thread.remove();
  }

  async send(method: string, path: string, body?: unknown, key = KEY): Promise<Answer> {
    const response = await fetch(`${this.running.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Json) : { text } };
  }

  /** Submits a job that must be accepted. */
  async run(request: Json, endpoint = 'e1'): Promise<string> {
    const { status, body } = await this.send('POST', `/v2/${endpoint}/run`, request);
    if (status !== 200 || body['status'] !== 'IN_QUEUE') throw new Error(`not accepted: ${JSON.stringify(body)}`);
    return body['id'] as string;
  }

  async status(id: string, endpoint = 'e1'): Promise<Answer> {
    return this.send('GET', `/v2/${endpoint}/status/${id}`);
  }

  /** Polls until the job is in this state, and fails when it ends in another. */
  async until(id: string, state: string): Promise<Json> {
    for (;;) {
      const { body } = await this.status(id);
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
    const { body } = await this.send('GET', `/emulator/jobs?voice=${voice}`);
    return JSON.parse(body['text'] as string) as JobRecord[];
  }

  /** A request for a voice of these samples, with two test samples each; its objects are under `/{voice}/`. */
  request(voice: string, samples: readonly Buffer[], more: Json = {}): Json {
    const { storage } = this;
    const url = (name: string): string => storage.url(`/${voice}/${name}`);
    const inputs = samples.map((bytes, i) => {
      storage.objects.set(`/${voice}/sample-${i + 1}`, bytes);
      return { index: i + 1, duration: 5, sha256: sha256Hex(bytes), url: url(`sample-${i + 1}`) };
    });
    const targets = inputs.flatMap(({ index }) =>
      SENTENCES.map((_, s) => ({ sample_index: index, sentence_index: s + 1, url: url(`test_${index}_${s + 1}`) })),
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
        test_sentences: SENTENCES,
        results: { embedding_zip: url('zip'), test_samples: targets, output: url('output.json') },
      },
      webhook: storage.url(`/hooks/${voice}`),
      ...more,
    };
  }
}

/** Waits until a condition holds; the test's own time-out ends it otherwise. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(10);
}
