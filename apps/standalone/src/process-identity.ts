import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { procStat } from './proc-stat.js';
import { waitUntil } from './wait-until.js';

/** A process, told apart from a later one that was given the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in the system's own words; only compared. */
  readonly startedAt: string;
}

function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim() || undefined;
  }
  try {
    const field = procStat(pid);
    // The state, and the start in clock ticks since boot.
    return field(3) === 'Z' ? undefined : field(22);
  } catch {
    return undefined;
  }
}

/** Program and arguments of a process, in one string; empty when there is none. */
export function commandLine(pid: number): string {
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** @returns undefined when there is no such process */
export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = startOf(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export function isRunning(identity: ProcessIdentity): boolean {
  return startOf(identity.pid) === identity.startedAt;
}

function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  try {
    if (isRunning(identity)) process.kill(identity.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Ends a process and returns when it is gone: asks with a signal, insists after the grace period. */
export async function endProcess(
  identity: ProcessIdentity,
  askWith: NodeJS.Signals = 'SIGTERM',
  graceMs = 5_000,
): Promise<void> {
  const gone = (): boolean => !isRunning(identity);
  signal(identity, askWith);
  try {
    await waitUntil(`the end of process ${identity.pid}`, gone, { timeoutMs: graceMs });
  } catch {
    signal(identity, 'SIGKILL');
    await waitUntil(`the end of process ${identity.pid}`, gone, { timeoutMs: 5_000 });
  }
}
