import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { procStat } from './proc-stat.js';
import { waitUntil } from './wait-until.js';

/** Identifies a process, even if its pid is reused later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The start time in the system's own format. It is only compared. */
  readonly startedAt: string;
}

function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim() || undefined;
  }
  try {
    const field = procStat(pid);
    // Field 3 is the state, field 22 the start in clock ticks since boot.
    return field(3) === 'Z' ? undefined : field(22);
  } catch {
    return undefined;
  }
}

/** Returns the program and arguments of a process as one string, empty if there is no such process. */
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

/** @returns undefined if there is no such process */
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

/** Ends a process and returns when it is gone. Sends a signal, then SIGKILL after the grace period. */
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
