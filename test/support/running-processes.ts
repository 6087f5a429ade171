import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { procStat } from '../../apps/standalone/src/proc-stat.js';

const run = promisify(execFile);

/** Ids of the running processes (zombies are not) whose command line holds `text`, this one excepted. */
export async function processesNaming(text: string): Promise<number[]> {
  const found = process.platform === 'linux' ? await fromProc(text) : await fromPs(text);
  return found.filter((id) => id !== process.pid);
}

/** How Linux shares out a process's time, by the numbers of sched(7): 0 as usual, 3 as batch work. */
export const schedulingPolicyOf = (pid: number | undefined): number => Number(procStat(pid ?? 0)(41));

async function fromProc(text: string): Promise<number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // A process that ends while we look has no files any more; a zombie has an empty command line.
  const commands = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return ids.filter((_, at) => commands[at]?.includes(text)).map(Number);
}

async function fromPs(text: string): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,stat=,args=']);
  const lines = stdout.split('\n').map((line) => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line));
  return lines.flatMap((line) => (line?.[3]?.includes(text) && !line[2]?.startsWith('Z') ? [Number(line[1])] : []));
}
