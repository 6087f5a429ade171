import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ScratchFolder } from './scratch-folder.js';

const uuid = '00000000-0000-4000-8000-000000000000';
const here = hostname().replaceAll(/[^A-Za-z0-9-]/g, '-');
let scratchDir: string;

beforeEach(async () => {
  scratchDir = await mkdtemp(path.join(tmpdir(), 'timbre-scratch-'));
});
afterEach(() => rm(scratchDir, { recursive: true, force: true }));

async function leaveBehind(name: string, touched = new Date()): Promise<string> {
  const folder = path.join(scratchDir, name);
  await mkdir(path.join(folder, 'upload'), { recursive: true });
  await utimes(folder, touched, touched);
  return name;
}

/** The id of a process that has ended. */
const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

describe('the scratch folder', () => {
  it('removes what dead processes left and nothing else', async () => {
    const longAgo = new Date(Date.now() - 2 * 3600_000);
    await leaveBehind(`api_${here}_${deadPid()}_${uuid}`);
    await leaveBehind(`api_${here}_${process.pid}_${uuid}`); // a process before us had our id
    await leaveBehind(`api_elsewhere_1_${uuid}`, longAgo);
    const kept = [
      await leaveBehind(`api_${here}_${process.ppid}_${uuid}`),
      await leaveBehind(`api_elsewhere_2_${uuid}`),
      await leaveBehind('worker_1', longAgo),
    ];
    const scratch = await ScratchFolder.open(scratchDir, 'api');
    const own = path.basename(scratch.folder);
    expect((await readdir(scratchDir)).sort()).toEqual([...kept, own].sort());
    await scratch.close();
    expect((await readdir(scratchDir)).sort()).toEqual(kept.sort());
  });

  it('leaves another open one of the same process alone', async () => {
    const first = await ScratchFolder.open(scratchDir, 'api');
    const second = await ScratchFolder.open(scratchDir, 'api');
    expect((await readdir(scratchDir)).length).toBe(2);
    await first.close();
    await second.close();
  });
});
