import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '../../../../test/support/wait-for.js';
import { whileThere, writeToScratch } from './scratch-failure.js';
import { ScratchFolder, type ScratchTimes } from './scratch-folder.js';

const uuid = '00000000-0000-4000-8000-000000000000';
const hourMs = 3_600_000;
let scratchDir: string;
let opened: ScratchFolder[];

beforeEach(async () => {
  scratchDir = await mkdtemp(path.join(tmpdir(), 'timbre-scratch-'));
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((scratch) => scratch.close()));
  await rm(scratchDir, { recursive: true, force: true });
});

async function open(times?: ScratchTimes, folder = scratchDir): Promise<ScratchFolder> {
  const scratch = await ScratchFolder.open(folder, 'api', times);
  opened.push(scratch);
  return scratch;
}

async function leaveBehind(name: string, ageMs = 0): Promise<string> {
  const folder = path.join(scratchDir, name);
  await mkdir(path.join(folder, 'upload'), { recursive: true });
  const touched = new Date(Date.now() - ageMs);
  await utimes(folder, touched, touched);
  return name;
}

const folders = async (): Promise<string[]> => (await readdir(scratchDir)).sort();

/** Starts a process that listens on a socket in a folder, as Timbre's processes do. */
async function listenIn(folder: string): Promise<ReturnType<typeof spawn>> {
  await mkdir(path.join(scratchDir, folder));
  const script = `require('net').createServer().listen('alive', () => console.log('listening'))`;
  const child = spawn(process.execPath, ['-e', script], { cwd: path.join(scratchDir, folder), stdio: 'pipe' });
  await once(child.stdout, 'data');
  return child;
}

/** The name of this kernel in our folders. */
async function kernel(): Promise<string> {
  return path.basename((await open()).folder).split('_')[1]!;
}

describe('ScratchFolder.removeDead', () => {
  it('keeps a folder of this kernel while its process lives, however old, and removes it as soon as it dies', async () => {
    const name = `worker_${await kernel()}_${uuid}`;
    const child = await listenIn(name);
    await leaveBehind(name, 48 * hourMs);
    child.kill('SIGSTOP'); // a stopped process is alive too
    const times = { beatMs: 10, deadAfterMs: 0, watchMs: 0 };
    const watcher = await open(times);
    const before = (await stat(watcher.folder)).mtimeMs;
    await waitFor('a few checks', async () => (await stat(watcher.folder)).mtimeMs > before + 100);
    expect(await folders()).toContain(name);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await waitFor('the folder of the dead process is gone', async () => !(await folders()).includes(name));
  });

  it('recognises a living process although the path of its socket is too long', async () => {
    const deep = path.join(scratchDir, 'd'.repeat(100));
    const first = await open(undefined, deep);
    const second = await open(undefined, deep);
    expect((await readdir(first.folder)).filter((name) => name.startsWith('alive'))).toEqual(['alive']);
    expect((await readdir(deep)).length).toBe(2);
    await second.check();
  });

  it('keeps folders of another kernel while they change, and removes old ones that do not', async () => {
    const child = await listenIn(`worker_elsewhere_${uuid}`);
    child.kill('SIGKILL'); // its socket looks dead, like that of any other machine
    await once(child, 'exit');
    const old = `worker_host_12_${uuid}`; // as older releases named them
    const moving = `api_else_${uuid}`;
    for (const name of [old, moving]) await leaveBehind(name, 2 * hourMs);
    const others = `worker_1`;
    await leaveBehind(others, 2 * hourMs);
    let age = 0;
    const mover = setInterval(() => {
      const then = new Date(Date.now() - 2 * hourMs + (age += 1_000));
      void utimes(path.join(scratchDir, moving), then, then).catch(() => undefined);
    }, 20);
    await open({ beatMs: 50, deadAfterMs: hourMs, watchMs: 4_000 });
    expect(await folders()).toEqual(expect.arrayContaining([old, moving])); // not watched yet
    await waitFor('the old folder is gone', async () => !(await folders()).includes(old));
    clearInterval(mover);
    expect(await folders()).toEqual(expect.arrayContaining([moving, others, `worker_elsewhere_${uuid}`]));
  });

  it('does not go by the clock of the process: one that is two hours fast removes nothing', async () => {
    const name = `worker_elsewhere_${uuid}`;
    await leaveBehind(name);
    const { clock, script } = skewedOpen();
    const run = spawnSync(process.execPath, ['--import', clock, '--input-type=module', '-e', script], {
      env: { ...process.env, TEST_CLOCK_SKEW_MS: String(2 * hourMs), SCRATCH: scratchDir },
      encoding: 'utf8',
    });
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(await folders()).toEqual([name]);
  });
});

/** A program that opens a scratch folder under a wrong clock and watches the others for a while. */
function skewedOpen(): { readonly clock: string; readonly script: string } {
  const dist = path.resolve('dist');
  const script = `
    const { ScratchFolder } = await import(${JSON.stringify(path.join(dist, 'libs/storage/src/scratch/scratch-folder.js'))});
    const times = { beatMs: 20, deadAfterMs: ${hourMs}, watchMs: 0 };
    const scratch = await ScratchFolder.open(process.env.SCRATCH, 'worker', times);
    await new Promise((done) => setTimeout(done, 500));
    await scratch.close();`;
  return { clock: path.join(dist, 'test/cluster/skewed-clock.js'), script };
}

describe('ScratchFolder', () => {
  it('is readable by its owner only, and removed on close', async () => {
    const scratch = await open();
    expect((await stat(scratch.folder)).mode & 0o777).toBe(0o700);
    expect((await stat(await scratch.make())).mode & 0o777).toBe(0o700);
    await scratch.close();
    expect(await folders()).toEqual([]);
  });

  it('creates its folder and socket again if they vanish', async () => {
    const scratch = await open();
    await rm(scratchDir, { recursive: true });
    const [one, two] = await Promise.all([scratch.make(), scratch.make()]);
    expect([existsSync(one), existsSync(two)]).toEqual([true, true]);
    await open(); // must not remove it as dead
    expect(existsSync(one)).toBe(true);
  });

  it('reports disk trouble as local to this process', async () => {
    const scratch = await open();
    await rm(scratchDir, { recursive: true });
    await writeFile(scratchDir, 'a file in its place');
    await expect(scratch.make()).rejects.toMatchObject({ code: 'unavailable', isLocal: true, retryable: true });
    await expect(scratch.check()).rejects.toMatchObject({ code: 'unavailable', isLocal: true });
  });

  it('throws on open if the folder is impossible', async () => {
    const file = path.join(scratchDir, 'file');
    await writeFile(file, '');
    await expect(ScratchFolder.open(file, 'api')).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});

describe('whileThere', () => {
  it('blames the scratch folder, not the recording, once the file is gone or no program can start', async () => {
    const file = path.join(scratchDir, 'upload');
    await writeFile(file, '');
    const refuse = (error: Error) => (): Promise<never> => Promise.reject(error);
    const unreadable = new Error('no audio');
    await expect(whileThere(file, refuse(unreadable))).rejects.toBe(unreadable);
    const noProgram = Object.assign(new Error('spawn EMFILE'), { code: 'EMFILE' });
    await expect(whileThere(file, refuse(noProgram))).rejects.toMatchObject({ code: 'unavailable', isLocal: true });
    const full = Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' });
    await expect(whileThere(file, refuse(full))).rejects.toMatchObject({ code: 'insufficient_storage', isLocal: true });
    const aDefect = Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' });
    await expect(whileThere(file, refuse(aDefect))).rejects.toBe(aDefect);
    await rm(file);
    await expect(whileThere(file, refuse(unreadable))).rejects.toMatchObject({ code: 'unavailable', isLocal: true });
  });
});

describe('writeToScratch', () => {
  async function* failing(error: Error): AsyncGenerator<Buffer> {
    yield Buffer.from('a piece');
    throw error;
  }

  it('writes a file, and blames the scratch folder if it cannot', async () => {
    const file = path.join(scratchDir, 'file');
    await writeToScratch(file, Readable.from([Buffer.from('a'), Buffer.from('b')]));
    expect(await readFile(file, 'utf8')).toBe('ab');
    const lost = { code: 'unavailable', causeCode: 'scratch_unusable', isLocal: true };
    const toNowhere = writeToScratch(path.join(scratchDir, 'missing', 'file'), Readable.from([Buffer.from('a')]));
    await expect(toNowhere).rejects.toMatchObject(lost);
    const write = (name: string, error: Error) => writeToScratch(path.join(scratchDir, name), failing(error));
    const noSpace = Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' });
    const full = { code: 'insufficient_storage', causeCode: 'scratch_full', isLocal: true };
    await expect(write('full', noSpace)).rejects.toMatchObject(full);
    const damaged = new Error('The content is damaged');
    await expect(write('other', damaged)).rejects.toBe(damaged);
  });
});
