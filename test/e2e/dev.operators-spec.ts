import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '#libs/local-services';
import { freePort } from '../support/ports.js';
import { temporaryFolder } from '../support/services.js';
import { waitFor } from '../support/wait-for.js';

/** Runs `npm run dev` in a copy of this clone, so that tests can change sources. The copy shares node_modules. */
describe('npm run dev', () => {
  const clone = path.join(temporaryFolder(), 'clone');
  const table = path.join(clone, 'libs/metrics/src/metric-table.ts');
  let dev: ChildProcess;
  let text = '';
  let ports: { readonly api: number; readonly metrics: number };

  /** Returns the metrics of a process. Their help texts come from a lib that both processes use. */
  const helpOf = async (port: number): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => null);
    return (await answer?.text().catch(() => '')) ?? '';
  };
  let ready: string;
  /** Waits long: types are checked at the lowest priority, and other tests may use both cores. */
  const patiently = async (what: string, look: () => boolean | Promise<boolean>): Promise<void> => {
    await waitFor(what, look, { timeoutMs: 300_000 }).catch((error: unknown) => {
      throw new Error(`${String(error)}. npm run dev printed:\n${text}`);
    });
  };
  const says = (words: string): Promise<void> => patiently(`"${words}"`, () => text.includes(words));

  const expectDebuggers = async (): Promise<void> => {
    const titles = [9229, 9230, 9231].map(async (port) => {
      const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as readonly {
        title: string;
      }[];
      return targets[0]?.title;
    });
    expect(await Promise.all(titles)).toEqual([
      expect.stringContaining('apps/api/src/main.js'),
      expect.stringContaining('apps/worker/src/main.js'),
      expect.stringContaining('apps/runpod-emulator/src/main.js'),
    ]);
  };

  beforeAll(async () => {
    const isLeftOut = /^(\.git|\.data|\.cache|node_modules)$/;
    fs.mkdirSync(clone, { recursive: true });
    for (const name of fs.readdirSync(projectRoot).filter((each) => !isLeftOut.test(each))) {
      fs.cpSync(path.join(projectRoot, name), path.join(clone, name), { recursive: true, preserveTimestamps: true });
    }
    fs.symlinkSync(path.join(projectRoot, 'node_modules'), path.join(clone, 'node_modules'));
    ports = { api: await freePort(), metrics: await freePort() };
    ready = `http://127.0.0.1:${ports.api}/api/health/ready`;
    const env = { ...process.env, PORT: String(ports.api), METRICS_PORT: String(ports.metrics), DATA_DIR: '.data' };
    dev = spawn(process.execPath, ['scripts/dev.mjs'], { cwd: clone, env, detached: true });
    for (const stream of [dev.stdout, dev.stderr]) stream?.on('data', (data: Buffer) => (text += data.toString()));
    await says('Timbre is ready');
  }, 400_000);
  afterAll(async () => {
    const ended = new Promise((resolve) => dev.once('close', resolve));
    process.kill(-(dev.pid ?? 0), 'SIGINT');
    await ended;
    fs.rmSync(path.dirname(clone), { recursive: true });
  });

  it('lets a debugger attach to the API, the worker and the emulator', () => expectDebuggers());

  it('reloads API and worker after a change in a lib', async () => {
    const original = fs.readFileSync(table, 'utf8');
    for (const round of [1, 2]) {
      const startedAt = Date.now();
      fs.writeFileSync(table, original.replace(/(help: ['`])/, `$1Round ${round}. `));
      const isLive = async (port: number): Promise<boolean> => (await helpOf(port)).includes(`Round ${round}.`);
      await Promise.all(
        [ports.metrics, ports.metrics + 1].map((port) => patiently(`round ${round} on ${port}`, () => isLive(port))),
      );
      process.stdout.write(`A change was live after ${Date.now() - startedAt} ms\n`); // CONTRIBUTING.md names a figure
    }
    await expectDebuggers();
  }, 700_000);

  it('serves a change in the console, and restarts nothing for it', async () => {
    const file = path.join(clone, 'apps/console/index.html');
    const page = async (): Promise<string> => (await fetch(ready.replace('/api/health/ready', '/'))).text();
    const before = text.split('starting it again').length;
    const startedAt = Date.now();
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('<title>', '<title>Changed '));
    await patiently('the changed page', async () => (await page()).includes('<title>Changed '));
    process.stdout.write(`A change in the console was live after ${Date.now() - startedAt} ms\n`); // CONTRIBUTING.md
    expect(text.split('starting it again').length).toBe(before);
  }, 400_000);

  it('reports a type error and a syntax error, and continues to serve', async () => {
    const file = path.join(clone, 'libs/errors/src/size-text.ts');
    const original = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, `${original}export const wrong: number = 'text';\n`);
    await says(`libs/errors/src/size-text.ts(${original.split('\n').length},14): error TS2322`);
    fs.writeFileSync(file, `${original}export const = ;\n`);
    await says('The build failed');
    expect((await fetch(ready)).status).toBe(200);
    fs.writeFileSync(file, original);
  }, 400_000);

  it('reports code that cannot be loaded, and continues to serve', async () => {
    const file = path.join(clone, 'libs/errors/src/size-text.ts');
    const original = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, `${original}export { missing } from './app-error.js';\n`);
    await says('before it was loaded. Waiting for a change');
    expect((await fetch(ready)).status).toBe(200);
    fs.writeFileSync(file, original);
  }, 400_000);
});
