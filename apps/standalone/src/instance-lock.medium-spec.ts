import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { identify, isRunning, type ProcessIdentity } from '#libs/local-services';
import { InstanceLock } from './instance-lock.js';

describe('InstanceLock', () => {
  let dataDir: string;
  const sleepers: ChildProcess[] = [];

  /** A real process that does nothing for a minute. */
  function sleeper(): ProcessIdentity {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    sleepers.push(child);
    const identity = identify(child.pid ?? 0);
    if (identity === undefined) throw new Error('sleep did not start');
    return identity;
  }

  const runFile = (): string => path.join(dataDir, 'run.json');
  const leaveRun = (owner: ProcessIdentity, children: Record<string, ProcessIdentity>): void =>
    writeFileSync(runFile(), JSON.stringify({ owner, children }));
  /** This process's number, as a process of long ago had it. */
  const deadOwner: ProcessIdentity = { pid: process.pid, startedAt: 'long ago' };

  beforeEach(() => {
    dataDir = mkdtempSync(path.join(os.tmpdir(), 'timbre lock '));
  });
  afterEach(() => {
    sleepers.splice(0).forEach((child) => child.kill('SIGKILL'));
    rmSync(dataDir, { recursive: true });
  });

  it('belongs to one run at a time', async () => {
    const lock = await InstanceLock.take(dataDir);
    await expect(InstanceLock.take(dataDir)).rejects.toThrow(
      `Timbre already runs on ${dataDir} (process ${process.pid}). Stop it, or choose another folder`,
    );
    lock.release();
    (await InstanceLock.take(dataDir)).release();
  });

  it('takes over from a killed run and ends its processes', async () => {
    const [worker, stranger] = [sleeper(), sleeper()];
    leaveRun(deadOwner, { worker, api: { pid: stranger.pid, startedAt: 'long ago' } });
    await InstanceLock.take(dataDir);
    expect(isRunning(worker)).toBe(false);
    expect(isRunning(stranger)).toBe(true); // another process got the number of one that is gone
    expect(JSON.parse(readFileSync(runFile(), 'utf8'))).toMatchObject({ owner: { pid: process.pid }, children: {} });
  });

  it('lets only one of two runs take over from a killed run', async () => {
    leaveRun(deadOwner, {});
    const taken = await Promise.allSettled([InstanceLock.take(dataDir), InstanceLock.take(dataDir)]);
    expect(taken.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('records the processes of its run', async () => {
    const lock = await InstanceLock.take(dataDir);
    const worker = sleeper();
    lock.record('worker', worker.pid);
    expect(JSON.parse(readFileSync(runFile(), 'utf8'))).toMatchObject({ children: { worker } });
  });
});
