import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findToolsOfThisMachine, temporaryFolder } from '../../../../test/support/audio-measure.js';
import { EmulatorUnderTest, eventually, type Json } from '../../test/emulator-under-test.js';

const script = fileURLToPath(new URL('../../../../../apps/gpu-handler/tests/sdk_handler.py', import.meta.url));
const python = process.env['TEST_GPU_PYTHON'] ?? 'python3';

/** A handler under RunPod's Python SDK, in a process of its own. */
class SdkHandler {
  readonly lines: string[] = [];
  private readonly child: ChildProcess;

  constructor(emulator: EmulatorUnderTest, endpoint: string, id: string, mode: 'waiting' | 'blocking' = 'waiting') {
    const base = `${emulator.url}/v2/${endpoint}`;
    const env = {
      ...process.env,
      RUNPOD_POD_ID: id,
      RUNPOD_AI_API_KEY: emulator.key,
      RUNPOD_WEBHOOK_GET_JOB: `${base}/job-take/$ID?gpu=cpu`,
      RUNPOD_WEBHOOK_POST_OUTPUT: `${base}/job-done/$RUNPOD_POD_ID/$ID?gpu=cpu`,
      RUNPOD_WEBHOOK_PING: `${base}/ping/$RUNPOD_POD_ID`,
      RUNPOD_PING_INTERVAL: '1000',
      RUNPOD_SKIP_AUTO_SYSTEM_CHECKS: 'true',
      RUNPOD_SKIP_GPU_CHECK: 'true',
    };
    // A group of its own: the SDK sends pings from a second process, which outlives the first.
    this.child = spawn(python, [script, mode], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      createInterface(stream).on('line', (line) => this.lines.push(line));
    }
  }

  says(line: string): Promise<void> {
    return eventually(() => this.lines.includes(line));
  }

  /** Kills the process of the handler, not that of the pings. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Kills what is left of both. */
  end(): void {
    try {
      process.kill(-this.child.pid!, 'SIGKILL');
    } catch {
      // Nothing is left.
    }
  }
}

describe('RunPod’s Python SDK', () => {
  const emulator = new EmulatorUnderTest();
  const handlers: SdkHandler[] = [];
  const start = (id: string, endpoint = 'e1', mode?: 'blocking'): SdkHandler => {
    const handler = new SdkHandler(emulator, endpoint, id, mode);
    handlers.push(handler);
    return handler;
  };
  const run = (input: Json): Promise<string> => emulator.run({ input });
  beforeAll(async () => {
    const launchers = await temporaryFolder();
    const { ffmpeg } = await findToolsOfThisMachine(launchers.path);
    await launchers.remove();
    await emulator.start({ engine: 'worker', heartbeatMs: 5000, ffmpegPath: ffmpeg.path });
  });
  afterEach(() => {
    for (const handler of handlers.splice(0)) handler.end();
  });
  afterAll(() => emulator.stop());

  it('takes jobs, reports progress, returns results and errors, and stops a cancelled job', async () => {
    const handler = start('waiting');
    const first = await run({ name: 'né' });
    expect((await emulator.until(first, 'COMPLETED'))['output']).toEqual({ name: 'né' });
    const failing = await run({ name: 'failing', fails: true });
    const { error } = await emulator.until(failing, 'FAILED');
    expect(JSON.parse(error as string)).toEqual({
      error_type: "<class 'ValueError'>",
      error_message: 'sample 2 could not be read',
    });
    const long = await run({ name: 'long', seconds: 600 });
    await eventually(async () => (await emulator.status(long)).body['output'] !== undefined);
    expect((await emulator.status(long)).body['output']).toEqual({ stage: 'embedding', done: 1, of: 2 });
    await emulator.send('POST', `/v2/e1/cancel/${long}`);
    await handler.says('stopped long');
    await emulator.until(await run({ name: 'next' }), 'COMPLETED');
    expect((await emulator.status(first)).body).toMatchObject({ status: 'COMPLETED', output: { name: 'né' } });
    expect((await emulator.status(long)).body['status']).toBe('CANCELLED');
  });

  it('gives the job of a killed handler to another one, though its pings go on', async () => {
    const mortal = start('mortal', 'e3');
    const id = await emulator.run({ input: { name: 'heavy', seconds: 600 } }, 'e3');
    await mortal.says('took heavy');
    mortal.kill();
    const heir = start('heir', 'e3');
    await heir.says('took heavy');
    await emulator.send('POST', `/v2/e3/cancel/${id}`);
    await heir.says('stopped heavy');
    await eventually(async () => {
      const { body } = await emulator.send('GET', '/v2/e3/health');
      return JSON.stringify(body['workers']) === '{"idle":1,"running":0}';
    });
  });

  it('keeps the job of a handler that blocks its process for longer than the heartbeat', async () => {
    // The killed handlers of the other tests may still count at their endpoint.
    start('blocking', 'e2', 'blocking');
    const id = await emulator.run({ input: { name: 'deep', seconds: 8 } }, 'e2');
    expect((await emulator.until(id, 'COMPLETED', 'e2'))['output']).toEqual({ name: 'deep' });
    expect(await emulator.records()).toContainEqual(expect.objectContaining({ id, deaths: 0, handlerRuns: 1 }));
  });
});
