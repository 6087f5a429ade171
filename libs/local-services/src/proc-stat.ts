import { readFileSync } from 'node:fs';

/**
 * Reads what Linux reports about a process (proc_pid_stat(5)).
 *
 * @returns a function that returns a field by its number in the manual page, from 3 (the one after the name)
 * @throws the system's error if there is no such process
 */
export function procStat(pid: number | 'self'): (field: number) => string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, field 2, may contain any character. It ends at the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (field) => fields[field - 3];
}
