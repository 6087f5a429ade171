import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { executablesOnPath } from '#libs/config';
import { probeLimits, type ProcessLimits } from './limits.js';

const run = promisify(execFile);

/** A program that runs the tool, and its arguments. */
export type LauncherHelper = readonly string[];

/** Programs of util-linux that the launcher uses if the system has them. */
const helpers: readonly LauncherHelper[] = [
  // Batch scheduling (sched(7), SCHED_BATCH): a thread that wakes up does not preempt another. ffmpeg passes every 20 ms
  // of audio from one thread to the next. Without this, two ffmpegs on two cores switch nine times as often and take a
  // fifth to a half more CPU (docs/performance.md).
  ['chrt', '-b', '0'],
  // The kernel kills the tool when this process dies, and the tool cannot gain privileges.
  ['setpriv', '--nnp', '--pdeathsig', 'KILL'],
  // The tool gets its own session and process group, so that the whole group can be killed.
  ['setsid'],
];

/** Returns the first arguments of a launcher: the limits of the run. */
export function launcherArguments(limits: ProcessLimits): string[] {
  return ['-limits', String(limits.cpuSeconds), String(Math.floor(limits.memoryBytes / 1024))];
}

/** Address space in KiB, for systems where RLIMIT_DATA does not cover mapped memory: Linux before 4.7, macOS. */
const addressSpaceKibibytes = 2 * 1024 ** 2;

/** Stack of each thread in KiB. It counts as memory, and ffmpeg 7 has a few threads per input. Windows uses as much. */
const stackKibibytes = 1024;

/** CPU time between SIGXCPU and SIGKILL. ffmpeg catches the first and ends by itself. */
const cpuGraceSeconds = 5;

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Returns the launcher of a tool: a shell script that sets limits and then executes the tool.
 *
 * - It uses `exec` throughout, so that the spawned process becomes the tool itself. A launcher that waited for a child
 *   would leave that child running when it is killed.
 * - File size 0: the tool cannot write a byte to a file. Pipes are not limited.
 * - The memory limit covers writable memory (getrlimit(2), RLIMIT_DATA) and not address space, of which the libraries of
 *   Debian's ffmpeg alone take 250 MB. macOS has neither limit: limits that the shell rejects are skipped.
 * - The soft limit on CPU time is below the hard one, so that our limit causes SIGXCPU, and SIGKILL always comes from
 *   outside (the kernel's OOM killer, an operator). `failureOf` distinguishes them.
 * - The environment, which holds our secrets, is not passed on.
 * - Without `-limits`, the limits of a probe apply: fluent-ffmpeg queries the tool's formats itself.
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
# Written by Timbre (libs/audio/src/ffmpeg/launcher.ts): runs a tool on untrusted files.
cpu=${cpuSeconds ?? ''} memory=${memoryKibibytes ?? ''}
if [ "$1" = -limits ]; then cpu=$2 memory=$3; shift 3; fi
ulimit -c 0
ulimit -f 0
ulimit -S -t "$cpu"
ulimit -H -t "$((cpu + ${cpuGraceSeconds}))"
ulimit -s ${stackKibibytes} 2>/dev/null || :
ulimit -d "$memory" 2>/dev/null || :
ulimit -v ${addressSpaceKibibytes} 2>/dev/null || :
exec ${chain.join(' ')} "$@"
`;
}

/**
 * Writes the launcher of a tool, unless it exists: its name contains a hash of the script. Only we may write to the
 * folder.
 *
 * @returns its path
 */
export async function writeLauncher(folder: string, name: string, script: string): Promise<string> {
  const version = createHash('sha256').update(script).digest('hex').slice(0, 16);
  const path = join(folder, `${name}-${version}.sh`);
  await keepLauncher(path, script);
  return path;
}

/** Writes a launcher again if it is gone, for example because the disk was emptied. */
export async function keepLauncher(path: string, script: string): Promise<void> {
  if (await stat(path).catch(() => undefined)) return;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const unfinished = `${path}-${randomUUID()}.tmp`;
  await writeFile(unfinished, script, { mode: 0o700 });
  await rename(unfinished, path);
}

/**
 * Finds the helpers of this system. Each is tried out, since a program of the same name (busybox) may lack options.
 *
 * @returns the helpers in order, with absolute paths
 */
export async function findLauncherHelpers(searchPath: string): Promise<readonly LauncherHelper[]> {
  const find = async ([name = '', ...options]: LauncherHelper): Promise<readonly LauncherHelper[]> => {
    for (const path of executablesOnPath(name, searchPath)) {
      const worked = await run(path, [...options, 'true'], { timeout: 10_000 }).catch(() => undefined);
      if (worked !== undefined) return [[path, ...options]];
    }
    return [];
  };
  return (await Promise.all(helpers.map(find))).flat();
}
