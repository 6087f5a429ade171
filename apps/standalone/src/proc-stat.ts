import { readFileSync } from 'node:fs';

/**
 * What Linux says of a process (proc_pid_stat(5)).
 *
 * @returns its field of a number, counted from 1 as there; those behind the name, from 3 on
 * @throws the system's error when there is no such process
 */
export function procStat(pid: number | 'self'): (field: number) => string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, field 2, may hold anything but ends at the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (field) => fields[field - 3];
}
