import { readdirSync, readFileSync } from 'node:fs';
import { procStat } from '../../../apps/standalone/src/proc-stat.js';
import { cpuOf } from '../measure.js';

/** Linux counts CPU in these (sysconf(_SC_CLK_TCK)). */
const ticksPerSecond = 100;

/** The process and everything it has started that still runs. */
function family(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      parents.set(Number(name), Number(procStat(Number(name))(4)));
    } catch {
      // It has ended meanwhile.
    }
  }
  const isOf = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 0 && (pid === root || isOf(parents.get(pid)));
  return [...parents.keys()].filter((pid) => isOf(pid));
}

/** CPU seconds that a process and all it started have used so far, those of them that have ended included. */
export function familyCpuSeconds(root: number | undefined): number {
  if (root === undefined) return 0;
  const seconds = family(root).map((pid) => {
    try {
      const { own, children } = cpuOf(pid);
      return own + children;
    } catch {
      return 0; // It has ended meanwhile; its parent counts it.
    }
  });
  return seconds.reduce((sum, one) => sum + one, 0);
}

/** CPU seconds that the whole machine has used so far, over all cores (proc(5), stat: all but idle and iowait). */
export function machineCpuSeconds(): number {
  const fields = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').trim().split(/\s+/).slice(1, 9).map(Number);
  const [idle = 0, iowait = 0] = fields.slice(3, 5);
  return (fields.reduce((sum, field) => sum + field, 0) - idle - iowait) / ticksPerSecond;
}

/** The most memory a process had so far, in bytes (proc_pid_status(5), VmHWM). */
export function peakMemoryBytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) * 1024;
}
