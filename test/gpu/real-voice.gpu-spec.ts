import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '#libs/local-services';
import { freePort } from '../support/ports.js';
import { waitFor } from '../support/wait-for.js';
import { zipEntries } from '../support/zip-entries.js';

const handler = path.join(projectRoot, 'apps', 'gpu-handler');
const python = process.env['TEST_GPU_PYTHON'] ?? 'TEST_GPU_PYTHON is set by npm run test:gpu';
/** It loads torch and installs packages, on machines that do much else. */
const timeoutMs = 600_000;

interface TestSample {
  readonly sample_index: number;
  readonly sentence_index: number;
  readonly duration: number;
  readonly filename: string;
}

interface Details {
  readonly status: { readonly splitting: string; readonly embedding: string };
  readonly errors: { readonly embedding: string | null };
  readonly warnings: readonly unknown[];
  readonly samples: readonly { readonly index: number }[];
  readonly embedding_zip_url: string;
  readonly embedding_info: {
    readonly engine: Readonly<Record<string, string>>;
    readonly language: string;
    readonly test_sentences: readonly string[];
    readonly test_samples: readonly TestSample[];
    readonly sample_scores: readonly { readonly sample_index: number; readonly score: number }[];
  };
}

/** Runs a Python program of the handler's tests. */
function runPython(script: string, args: readonly string[], input = ''): string {
  const env = { ...process.env, PYTHONPATH: path.join(handler, 'src') };
  const done = spawnSync(python, [path.join(handler, 'tests', script), ...args], { env, input, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${script} failed:\n${done.stderr}`);
  return done.stdout.trim();
}

describe('npm start -- --engine pocket-tts', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'timbre-gpu-'));
  let npm: ChildProcess;
  let text = '';
  let address: string;
  let config: string;
  let voice: Details;

  const get = async (where: string): Promise<Response> => {
    const key = /Key +(\S+)/.exec(text)?.[1] ?? '';
    const response = await fetch(where.startsWith('http') ? where : `${address}/api/voices/demo${where}`, {
      headers: { 'X-Api-Key': key },
    });
    if (!response.ok) throw new Error(`GET ${where}: ${response.status} ${await response.text()}`);
    return response;
  };
  const bytesOf = async (where: string): Promise<Buffer> => Buffer.from(await (await get(where)).arrayBuffer());
  const saved = async (name: string, where: string): Promise<string> => {
    const file = path.join(folder, name);
    writeFileSync(file, await bytesOf(where));
    return file;
  };

  async function start(): Promise<void> {
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    const env = {
      ...process.env,
      PORT: String(port),
      DATA_DIR: path.join(folder, 'data'),
      TIMBRE_GPU_CONFIG: config,
      TIMBRE_GPU_SCORER: 'resemblyzer',
      RATE_LIMIT_PER_MINUTE: '60000', // the test asks often
    };
    npm = spawn('npm', ['start', '--', '--engine', 'pocket-tts'], { cwd: projectRoot, env, detached: true });
    for (const stream of [npm.stdout, npm.stderr]) stream?.on('data', (data: Buffer) => (text += data.toString()));
    await waitFor(
      'npm start',
      () => {
        if (npm.exitCode !== null) throw new Error(`npm start ended:\n${text}`);
        return text.includes('Timbre is ready');
      },
      { timeoutMs },
    );
  }

  async function makeVoice(): Promise<Details> {
    const form = new FormData();
    const recording = readFileSync(path.join(projectRoot, 'test/fixtures/speech/fr-75s.flac'));
    form.set('name', 'june');
    form.set('language', 'fr');
    form.set('file', new Blob([new Uint8Array(recording)]), 'fr-75s.flac');
    const key = /Key +(\S+)/.exec(text)?.[1] ?? '';
    const created = await fetch(`${address}/api/voices/demo`, {
      method: 'POST',
      body: form,
      headers: { 'X-Api-Key': key },
    });
    expect(created.status).toBe(201);
    let details = (await (await get('/june')).json()) as Details;
    await waitFor(
      'the embedding',
      async () => {
        details = (await (await get('/june')).json()) as Details;
        return ['completed', 'failed'].includes(details.status.embedding);
      },
      { timeoutMs },
    );
    return details;
  }

  beforeAll(async () => {
    mkdirSync(path.join(folder, 'data'));
    config = runPython('random_weights.py', [path.join(folder, 'weights')]);
    await start();
    voice = await makeVoice();
  }, timeoutMs);

  afterAll(async () => {
    if (npm.exitCode === null) {
      npm.kill('SIGINT');
      await waitFor('the end of npm start', () => npm.exitCode !== null || npm.signalCode !== null);
    }
    rmSync(folder, { recursive: true });
  }, timeoutMs);

  it('makes a voice of the French recording through the whole chain', () => {
    expect([voice.status, voice.errors.embedding, voice.warnings]).toEqual([
      { splitting: 'completed', embedding: 'completed' },
      null,
      [],
    ]);
    expect(voice.embedding_info).toMatchObject({
      language: 'fr',
      engine: { name: 'pocket-tts', version: '4.0.1', model: 'random', scorer: 'resemblyzer@0.1.4' },
    });
    expect(voice.samples).toHaveLength(5);
    expect(voice.embedding_info.test_samples).toHaveLength(5 * voice.embedding_info.test_sentences.length);
    expect(voice.embedding_info.sample_scores.map((score) => score.sample_index).sort()).toEqual([1, 2, 3, 4, 5]);
  });

  it(
    'says what is missing if the weights are not there and no token is set, and ends',
    async () => {
      const env = { ...process.env, HF_HOME: path.join(folder, 'no-weights'), HF_TOKEN: '', TIMBRE_GPU_CONFIG: '' };
      const own = { PORT: String(await freePort()), DATA_DIR: path.join(folder, 'other data') };
      const main = path.join(projectRoot, 'dist/apps/standalone/src/main.js');
      const ended = await new Promise<{ readonly code: number | null; readonly said: string }>((resolve) => {
        const child = spawn(process.execPath, [main, '--engine', 'pocket-tts'], { env: { ...env, ...own } });
        let said = '';
        for (const stream of [child.stdout, child.stderr])
          stream.on('data', (data: Buffer) => (said += data.toString()));
        child.on('close', (code) => resolve({ code, said }));
      });
      expect(ended.said).toContain(
        'pocket-tts cannot start. The weights of pocket-tts are not on this machine. Accept their terms at ' +
          'https://huggingface.co/kyutai/pocket-tts',
      );
      expect(ended.code).toBe(1);
      expect(ended.said).not.toContain('Timbre is ready');
    },
    timeoutMs,
  );

  it(
    'gives embeddings, single and from the ZIP, that pocket-tts itself loads and speaks the test samples with',
    async () => {
      const entries = zipEntries(await bytesOf(voice.embedding_zip_url));
      const embeddings = [];
      for (const { index } of voice.samples) {
        const single = await saved(`${index}.safetensors`, `/june/embedding?sample_index=${index}`);
        const packed = entries.get(`embeddings/${index}.safetensors`) ?? Buffer.alloc(0);
        expect(sha256(packed)).toBe(sha256(readFileSync(single)));
        const ofZip = path.join(folder, `zip-${index}.safetensors`);
        writeFileSync(ofZip, packed);
        const spoken = [];
        for (const test of voice.embedding_info.test_samples.filter((each) => each.sample_index === index)) {
          spoken.push({
            text: voice.embedding_info.test_sentences[test.sentence_index - 1],
            sentence_index: test.sentence_index,
            file: await saved(test.filename, `/june/test-samples/${test.filename}`),
          });
        }
        const sample = await saved(`sample-${index}.opus`, `/june/samples/${index}`);
        embeddings.push({ file: single, sample, spoken }, { file: ofZip, sample, spoken });
      }
      const request = JSON.stringify({ config, embeddings });
      const lengths = JSON.parse(runPython('speak_embeddings.py', [], request)) as Record<string, number>[];
      expect(lengths).toHaveLength(2 * voice.embedding_info.test_samples.length);
      for (const { spoken_seconds: spoken = 0, stored_seconds: stored = Infinity } of lengths) {
        expect(Math.abs(spoken - stored)).toBeLessThanOrEqual(0.08);
        expect(spoken).toBeGreaterThan(0.5);
      }
    },
    timeoutMs,
  );
});

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
