import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { commandLine, procStat } from '#libs/local-services';

const run = promisify(execFile);

/** Returns the ids of running processes whose command line contains `text`, without zombies and this process. */
export async function processesNaming(text: string): Promise<number[]> {
  const found = process.platform === 'linux' ? fromProc(text) : await fromPs(text);
  return found.filter((id) => id !== process.pid);
}

/** Returns a process's scheduling policy by the numbers of sched(7): 0 is normal, 3 is batch. */
export const schedulingPolicyOf = (pid: number | undefined): number => Number(procStat(pid ?? 0)(41));

/** Reads all files synchronously. Between asynchronous reads, processes that live for tenths of a second would be gone. */
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
