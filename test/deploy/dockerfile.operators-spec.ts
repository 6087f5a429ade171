import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '#libs/local-services';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { freePort } from '../support/ports.js';
import { temporaryFolder } from '../support/services.js';
import { waitFor } from '../support/wait-for.js';
import { composeFile } from './compose-file.js';
import { dockerfile, execForm, type Instruction } from './dockerfile.js';

const folder = temporaryFolder();
/** The user `node` of the base image. */
const user = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : {};

/**
 * A build stage as a folder of this machine with the contents of its WORKDIR. It lacks the base image and apt packages.
 */
const homeOf = (stage: string): string => path.join(folder, stage);

/** Runs COPY. As in the engine, the contents of a folder go into the target. */
function copy(stage: string, args: readonly string[]): void {
  const from = args[0]?.startsWith('--from=') === true ? args[0].slice('--from='.length) : undefined;
  const [sources, target = ''] = [args.slice(from === undefined ? 0 : 1, -1), args.at(-1)];
  for (const source of sources) {
    const file =
      from === undefined ? path.join(projectRoot, source) : path.join(homeOf(from), source.replace('/app/', ''));
    const into = target === './' && from === undefined ? path.basename(source) : target;
    cpSync(file, path.join(homeOf(stage), into), { recursive: true, preserveTimestamps: true });
  }
}

function runCommand(stage: string, words: readonly string[]): void {
  const command = words.filter((word) => !word.startsWith('--mount=')).join(' ');
  if (command.startsWith('apt-get ')) return; // needs a fresh Debian
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], npm_config_prefer_offline: 'true' };
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: homeOf(stage), env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stdout}${stderr}`);
}

/** Builds the stages up to `app`, as a container engine would. @returns the instructions of that stage */
function buildApp(): readonly Instruction[] {
  const ofApp: Instruction[] = [];
  let stage = '';
  for (const instruction of dockerfile()) {
    const [name, ...args] = instruction;
    if (name === 'FROM') stage = args.at(-1) ?? '';
    if (!['build', 'app'].includes(stage)) break;
    if (name === 'FROM') mkdirSync(homeOf(stage), { recursive: true });
    if (name === 'COPY') copy(stage, args);
    if (name === 'RUN') runCommand(stage, args);
    if (stage === 'app') ofApp.push(instruction);
  }
  return ofApp;
}

describe('the image, built without a container engine', () => {
  let instructions: readonly Instruction[];
  let database: FreshDatabase;
  let environment: Record<string, string>;
  let api: ChildProcess | undefined;
  const start = (words: readonly string[]): ChildProcess => {
    const [program = '', ...args] = words;
    return spawn(program, args, { cwd: homeOf('app'), env: environment, stdio: ['ignore', 'pipe', 'pipe'], ...user });
  };
  const exitCode = (child: ChildProcess): Promise<number | null> =>
    new Promise((resolve) => void child.on('close', resolve));

  beforeAll(async () => {
    instructions = buildApp();
    database = await freshDatabase({ migrated: false });
    const data = path.join(folder, 'data');
    mkdirSync(data);
    if (user.uid !== undefined) chownSync(data, user.uid, user.gid);
    chmodSync(homeOf('app'), 0o755);
    environment = {
      PATH: process.env['PATH'] ?? '',
      DATA_DIR: data,
      PORT: String(await freePort()),
      DATABASE_URL: database.url,
      REDIS_URL: process.env['TEST_REDIS_URL'] ?? '',
      CALLBACK_URL: 'https://timbre.example.com',
      RUNPOD_API_KEY: 'not used here',
    };
  }, 600_000); // installs and builds from scratch, which takes a minute on an idle machine
  afterAll(async () => {
    if (api?.exitCode === null && api.kill('SIGKILL')) await exitCode(api);
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has exactly the files of the package for machines without containers', () => {
    const made = path.join(folder, 'package');
    const { status } = spawnSync(process.execPath, [path.join(projectRoot, 'scripts/package.mjs'), '--folder', made]);
    expect(status).toBe(0);
    expect(spawnSync('diff', ['-rq', made, homeOf('app')], { encoding: 'utf8' }).stdout).toBe('');
  });

  it('migrates with the command of compose and serves with its own, as a user without write access to the image', async () => {
    const migrate = start(composeFile().services['migrate']?.command ?? []);
    expect(await exitCode(migrate)).toBe(0);
    api = start(execForm(instructions.find(([name]) => name === 'CMD')));
    const ended = exitCode(api);
    const healthy = execForm(instructions.find(([name]) => name === 'HEALTHCHECK'));
    await waitFor('the health check', async () => (await exitCode(start(healthy))) === 0);
    const answer = await fetch(`http://127.0.0.1:${environment['PORT']}/api/docs`);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('swagger')]);
    api.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await exitCode(start(healthy))).toBe(1);
  });
});
