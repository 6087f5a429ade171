import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { commandLine, identify, isRunning, type ProcessIdentity, projectRoot } from '#libs/local-services';
import { freePort } from '../support/ports.js';
import { temporaryFolder } from '../support/services.js';
import { testStorage } from '../support/test-storage.js';
import { waitFor } from '../support/wait-for.js';

type Environment = Readonly<Record<string, string>>;

/** `npm start` in its own process group, as in a terminal. */
class NpmStart {
  text = '';
  private exitCode: number | null | undefined;

  private constructor(private readonly npm: ChildProcess) {
    for (const stream of [npm.stdout, npm.stderr]) stream?.on('data', (data: Buffer) => (this.text += data.toString()));
    npm.on('close', (code) => (this.exitCode = code));
  }

  static run(dataDir: string, environment: Environment): NpmStart {
    const env = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      DATA_DIR: dataDir,
      ...testStorage(dataDir),
      ...environment,
    };
    return new NpmStart(spawn('npm', ['start'], { cwd: projectRoot, env, detached: true }));
  }

  async ready(): Promise<this> {
    await this.says('Timbre is ready');
    return this;
  }

  says(words: string): Promise<unknown> {
    return waitFor(`"${words}" of npm start`, () => {
      if (this.exitCode !== undefined) throw new Error(`npm start ended:\n${this.text}`);
      return this.text.includes(words);
    });
  }

  /** Sends SIGINT to the whole process group, as Ctrl-C in a terminal does. */
  interrupt(): Promise<number | null> {
    process.kill(-(this.npm.pid ?? 0), 'SIGINT');
    return this.ended();
  }

  signalNpm(signal: NodeJS.Signals): Promise<number | null> {
    this.npm.kill(signal);
    return this.ended();
  }

  killAll(): void {
    if (this.exitCode === undefined) process.kill(-(this.npm.pid ?? 0), 'SIGKILL');
  }

  async ended(): Promise<number | null> {
    await waitFor('the end of npm start', () => this.exitCode !== undefined);
    return this.exitCode ?? null;
  }

  get key(): string | undefined {
    return /Key +(\S+)/.exec(this.text)?.[1];
  }
}

interface RunFile {
  readonly owner: ProcessIdentity;
  readonly children: Readonly<Record<string, ProcessIdentity>>;
}

/** Returns the environment that a process was started with. Linux only. */
function environmentOf(started: ProcessIdentity | undefined): Environment {
  const entries = fs.readFileSync(`/proc/${started?.pid}/environ`, 'utf8').split('\0');
  return Object.fromEntries(entries.map((entry) => [entry.replace(/=.*/s, ''), entry.replace(/^[^=]*=/, '')]));
}

describe('npm start', () => {
  const folder = temporaryFolder();
  const dataDir = path.join(folder, 'my data');
  const runs: NpmStart[] = [];
  let port: number;

  async function start(more: Environment = {}): Promise<NpmStart> {
    port = await freePort();
    const run = NpmStart.run(dataDir, { PORT: String(port), ...more });
    runs.push(run);
    return run;
  }
  const runFile = (): RunFile => JSON.parse(fs.readFileSync(path.join(dataDir, 'run.json'), 'utf8')) as RunFile;
  const everyProcess = (): readonly ProcessIdentity[] => [runFile().owner, ...Object.values(runFile().children)];
  const voices = (key: string | undefined): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/api/voices/demo`, { headers: { 'X-Api-Key': key ?? '' } });

  afterEach(() => runs.splice(0).forEach((run) => run.killAll()));
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  it('prints a working key, prints the same key on the next start, and leaves no process on exit', async () => {
    const first = await (await start()).ready();
    expect((await voices(first.key)).status).toBe(200);
    const [, console] = /ready\.[^]*?(http:\S+)/.exec(first.text) ?? [];
    expect(await (await fetch(console ?? '')).text()).toContain('<div id="root">');
    const [, board, admin] = /Queues +(\S+)[^]*Admin +(\S+)/.exec(first.text) ?? [];
    const password = Buffer.from(`admin:${admin}`).toString('base64');
    expect((await fetch(board ?? '', { headers: { Authorization: `Basic ${password}` } })).status).toBe(200);
    const processes = everyProcess();
    for (const secret of [environmentOf(runFile().children['emulator'])['RUNPOD_API_KEY'], admin, first.key]) {
      expect(secret).toMatch(/^\S{20,}$/);
      expect(processes.filter(({ pid }) => commandLine(pid).includes(secret ?? ''))).toEqual([]);
    }
    expect(await first.interrupt()).toBe(0);
    expect(processes.filter(isRunning)).toEqual([]);

    const again = await (await start()).ready();
    expect(again.key).toBe(first.key);
    expect((await voices(again.key)).status).toBe(200);
    const others = everyProcess();
    await again.signalNpm('SIGTERM');
    await waitFor('the end of all of them', () => !others.some(isRunning));
  });

  it('restarts a killed worker, and refuses a second run with the same folder or port', async () => {
    const run = await (await start()).ready();
    const worker = runFile().children['worker']?.pid ?? 0;
    expect(commandLine(worker)).toContain('dist/worker.js');
    process.kill(worker, 'SIGKILL');
    await run.says('worker was ended by SIGKILL; starting it again');
    await waitFor('another worker', () => identify(runFile().children['worker']?.pid ?? 0)?.pid !== worker);

    const sameFolder = NpmStart.run(dataDir, { PORT: String(await freePort()) });
    expect(await sameFolder.ended()).toBe(1);
    expect(sameFolder.text).toContain(`Timbre already runs on ${dataDir} (process ${runFile().owner.pid})`);
    const samePort = NpmStart.run(path.join(folder, 'other'), { PORT: String(port) });
    expect(await samePort.ended()).toBe(1);
    expect(samePort.text).toContain(`Port ${port} is in use by another program`);
  });

  it('reports invalid settings before anything starts', async () => {
    const run = await start({ LOG_FORMAT: 'xml', DATA_DIR: path.join(folder, 'never made') });
    expect(await run.ended()).toBe(78);
    expect(run.text).toContain('Timbre cannot start:\n  LOG_FORMAT must be one of json, pretty');
    expect(fs.existsSync(path.join(folder, 'never made'))).toBe(false);
  });

  it('starts after its own process and Postgres were killed, and ends the worker that was left', async () => {
    await (await start()).ready();
    const { owner, children } = runFile();
    const worker = children['worker'] as ProcessIdentity;
    process.kill(worker.pid, 'SIGSTOP'); // like a worker that is too busy to notice that its parent is gone
    for (const { pid } of [owner, children['postgres'] as ProcessIdentity]) process.kill(pid, 'SIGKILL');
    expect(isRunning(worker)).toBe(true);

    const again = await (await start()).ready();
    expect(isRunning(worker)).toBe(false);
    expect((await voices(again.key)).status).toBe(200);
    expect(await again.interrupt()).toBe(0);
  });
});
