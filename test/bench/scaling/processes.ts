import { readdirSync, readFileSync } from 'node:fs';
import { procStat } from '#libs/local-services';
import { cpuOf } from '../measure.js';

/** The unit in which Linux counts CPU time (sysconf(_SC_CLK_TCK)). */
const ticksPerSecond = 100;

/** Returns a process and all its running descendants. */
function family(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      parents.set(Number(name), Number(procStat(Number(name))(4)));
    } catch {
      // The process has ended meanwhile.
    }
  }
  const isOf = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 0 && (pid === root || isOf(parents.get(pid)));
  return [...parents.keys()].filter((pid) => isOf(pid));
}

/** Returns the CPU seconds that a process and all its descendants have used so far, including those that have ended. */
export function familyCpuSeconds(root: number | undefined): number {
  if (root === undefined) return 0;
  const seconds = family(root).map((pid) => {
    try {
      const { own, children } = cpuOf(pid);
      return own + children;
    } catch {
      return 0; // The process has ended meanwhile, so its parent's count includes it.
    }
  });
  return seconds.reduce((sum, one) => sum + one, 0);
}

/** Returns the CPU seconds used so far on all cores (proc(5), stat: everything except idle and iowait). */
export function machineCpuSeconds(): number {
  const fields = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').trim().split(/\s+/).slice(1, 9).map(Number);
  const [idle = 0, iowait = 0] = fields.slice(3, 5);
  return (fields.reduce((sum, field) => sum + field, 0) - idle - iowait) / ticksPerSecond;
}

/** Returns the peak memory of a process so far, in bytes (proc_pid_status(5), VmHWM). */
export function peakMemoryBytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) * 1024;
}
