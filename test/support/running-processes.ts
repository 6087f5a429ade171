import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { procStat } from '../../apps/standalone/src/proc-stat.js';
import { commandLine } from '../../apps/standalone/src/process-identity.js';

const run = promisify(execFile);

/** Ids of the running processes (zombies are not) whose command line holds `text`, this one excepted. */
export async function processesNaming(text: string): Promise<number[]> {
  const found = process.platform === 'linux' ? fromProc(text) : await fromPs(text);
  return found.filter((id) => id !== process.pid);
}

/** How Linux shares out a process's time, by the numbers of sched(7): 0 as usual, 3 as batch work. */
export const schedulingPolicyOf = (pid: number | undefined): number => Number(procStat(pid ?? 0)(41));

/** All in one go: read one after the other, the files of processes that live for tenths of a second would be gone. */
function fromProc(text: string): number[] {
  const ids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return ids.filter((id) => commandLine(id).includes(text));
}

async function fromPs(text: string): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,stat=,args=']);
  const lines = stdout.split('\n').map((line) => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line));
  return lines.flatMap((line) => (line?.[3]?.includes(text) && !line[2]?.startsWith('Z') ? [Number(line[1])] : []));
}
