import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { executablesOnPath } from './executables.js';
import { probeLimits, type ProcessLimits } from './limits.js';

const run = promisify(execFile);

/** A program the launcher puts in front of the tool, and its arguments. */
export type LauncherHelper = readonly string[];

/** Programs of util-linux the launcher uses where the system has them. */
const helpers: readonly LauncherHelper[] = [
  // Batch work (sched(7), SCHED_BATCH): a thread that wakes does not push another off its core. ffmpeg hands every 20 ms
  // of audio from one of its threads to the next; without this two ffmpegs on two cores are switched to and fro nine
  // times as often and take a fifth to a half more CPU (docs/performance.md).
  ['chrt', '-b', '0'],
  // The kernel kills the tool when this process dies, and takes away its way to new privileges.
  ['setpriv', '--nnp', '--pdeathsig', 'KILL'],
  // A session and process group of the tool's own, so that the whole group can be killed.
  ['setsid'],
];

/** The first arguments of a launcher: what the run may use. */
export function launcherArguments(limits: ProcessLimits): string[] {
  return ['-limits', String(limits.cpuSeconds), String(Math.floor(limits.memoryBytes / 1024))];
}

/** CPU time between SIGXCPU and SIGKILL: ffmpeg catches the first one and ends by itself. */
const cpuGraceSeconds = 5;

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * The launcher of a tool: a shell script that sets limits and becomes the tool.
 *
 * - It `exec`s all the way, so the process that was spawned is the tool itself: a launcher that waits for a child would
 *   leave that child alive when it is killed.
 * - File size 0 means that no byte is written to a file, while pipes are not limited. macOS knows no limit on address
 *   space: what the shell refuses is left out.
 * - The soft limit on CPU time comes before the hard one, so that the tool gets SIGXCPU from our limit and SIGKILL only
 *   from outside (the kernel's OOM killer, an operator). `failureOf` tells them apart.
 * - The environment, which holds our secrets, is not handed on.
 * - Without `-limits` (fluent-ffmpeg asks the tool for its formats by itself) those of a probe hold.
 */
export function launcherScript(toolPath: string, searchPath: string, found: readonly LauncherHelper[]): string {
  const chain = [
    '/usr/bin/env -i',
    `PATH=${quote(searchPath)}`,
    '${LD_LIBRARY_PATH:+"LD_LIBRARY_PATH=$LD_LIBRARY_PATH"}',
    ...found.flatMap(([path = '', ...options]) => [quote(path), ...options]),
    quote(toolPath),
  ];
  const [, cpuSeconds, memoryKibibytes] = launcherArguments(probeLimits);
  return `#!/bin/sh
# Written by Timbre (libs/audio/src/launcher.ts): runs a tool on files of strangers.
cpu=${cpuSeconds ?? ''} memory=${memoryKibibytes ?? ''}
if [ "$1" = -limits ]; then cpu=$2 memory=$3; shift 3; fi
ulimit -c 0
ulimit -f 0
ulimit -S -t "$cpu"
ulimit -H -t "$((cpu + ${cpuGraceSeconds}))"
ulimit -v "$memory" 2>/dev/null || :
exec ${chain.join(' ')} "$@"
`;
}

/**
 * Writes the launcher of a tool into a folder only we write to, once: its name says what is in it.
 *
 * @returns its path
 */
export async function writeLauncher(folder: string, name: string, script: string): Promise<string> {
  const version = createHash('sha256').update(script).digest('hex').slice(0, 16);
  const path = join(folder, `${name}-${version}.sh`);
  if (await stat(path).catch(() => undefined)) return path;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unfinished = join(folder, `${name}-${randomUUID()}.tmp`);
  await writeFile(unfinished, script, { mode: 0o700 });
  await rename(unfinished, path);
  return path;
}

/**
 * Finds the helpers this system has; each is tried, since a namesake (busybox) may know less.
 *
 * @returns them in order, by their absolute paths
 */
export async function findLauncherHelpers(searchPath: string): Promise<readonly LauncherHelper[]> {
  const find = async ([name = '', ...options]: LauncherHelper): Promise<readonly LauncherHelper[]> => {
    for (const path of await executablesOnPath(name, searchPath)) {
      const worked = await run(path, [...options, 'true'], { timeout: 10_000 }).catch(() => undefined);
      if (worked !== undefined) return [[path, ...options]];
    }
    return [];
  };
  return (await Promise.all(helpers.map(find))).flat();
}
