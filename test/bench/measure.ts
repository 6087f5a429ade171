import { readFileSync, writeFileSync } from 'node:fs';
import { procStat } from '../../apps/standalone/src/proc-stat.js';
import type { Series } from './bench-case.js';

/** Linux counts CPU in these (sysconf(_SC_CLK_TCK)), on every machine this runs on. */
const ticksPerSecond = 100;

export interface CpuSeconds {
  readonly own: number;
  /** Of children that have ended and were waited for (ffmpeg, of a worker). */
  readonly children: number;
}

/** CPU a process has used so far (proc(5), stat fields 14 to 17). Linux. */
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

/** Watches how much a process grows. @returns asks for the growth of its peak since now, in bytes */
export function watchMemory(pid: number): () => number {
  writeFileSync(`/proc/${pid}/clear_refs`, '5'); // the peak is counted anew (proc(5))
  const before = memoryLine(pid, 'VmRSS');
  return () => memoryLine(pid, 'VmHWM') - before;
}

/** Wall seconds of a piece of work. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

/** Measures ours and the reference in turns, so that what else the machine does befalls both. */
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

/** Half the distance between the least and the most, against the median. */
export function spread({ values }: Series): number {
  return (Math.max(...values) - Math.min(...values)) / 2 / median(values);
}

/** Runs work over items, some at a time. */
export async function atATime<T>(
  count: number,
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const waiting = items.values();
  const lane = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: count }, lane));
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
