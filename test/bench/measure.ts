import { readFileSync, writeFileSync } from 'node:fs';
import { procStat } from '#libs/local-services';
import type { Series } from './bench-case.js';

/** The unit in which Linux counts CPU time (sysconf(_SC_CLK_TCK)). It is the same on all supported machines. */
const ticksPerSecond = 100;

export interface CpuSeconds {
  readonly own: number;
  /** CPU time of child processes that have ended and were reaped, such as a worker's ffmpeg. */
  readonly children: number;
}

/** Returns the CPU time that a process has used so far (proc(5), stat fields 14 to 17). Linux only. */
export function cpuOf(pid: number | 'self' | undefined): CpuSeconds {
  const field = procStat(pid ?? 0);
  const seconds = (user: number, system: number): number =>
    (Number(field(user) ?? 0) + Number(field(system) ?? 0)) / ticksPerSecond;
  return { own: seconds(14, 15), children: seconds(16, 17) };
}

function memoryLine(pid: number, line: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${line}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) * 1024;
}

/** Starts to measure the growth of a process. @returns a function that returns the growth of its peak, in bytes */
export function watchMemory(pid: number): () => number {
  writeFileSync(`/proc/${pid}/clear_refs`, '5'); // resets the peak (proc(5))
  const before = memoryLine(pid, 'VmRSS');
  return () => memoryLine(pid, 'VmHWM') - before;
}

/** Returns the wall time of a piece of work, in seconds. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

/** Measures Timbre and the reference in turns, so that other load on the machine affects both. */
export async function inTurns(
  rounds: number,
  ours: (round: number) => Promise<number>,
  reference: (round: number) => Promise<number>,
): Promise<{ readonly ours: number[]; readonly reference: number[] }> {
  const measured = { ours: [] as number[], reference: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    measured.ours.push(await ours(round));
    measured.reference.push(await reference(round));
  }
  return measured;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? NaN, sorted[Math.floor(middle)] ?? NaN];
  return (low + high) / 2;
}

/** Returns half the distance between the lowest and the highest value, relative to the median. */
export function spread({ values }: Series): number {
  return (Math.max(...values) - Math.min(...values)) / 2 / median(values);
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
