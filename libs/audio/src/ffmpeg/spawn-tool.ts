import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { AudioTool } from './audio-tools.js';
import { keepLauncher } from './launcher.js';

/** A running tool without standard input. Its output must be read. */
export type ToolProcess = ChildProcessByStdio<null, Readable, Readable>;

export interface SpawnOptions {
  /** Its working directory. */
  readonly workFolder: string;
  readonly signal?: AbortSignal | undefined;
  /** Also opens descriptor 3 for output (`secondOutput`), which must be read too. */
  readonly hasSecondOutput?: boolean;
}

/** The URL of descriptor 3 for ffmpeg. */
export const secondOutputUrl = 'pipe:3';

/** Returns what the tool writes to descriptor 3; undefined if it was started without it. */
export const secondOutputOf = (child: ToolProcess): Readable | undefined =>
  (child.stdio[3] as Readable | null | undefined) ?? undefined;

/**
 * Starts a tool in the sandbox.
 *
 * @param toolArguments with those of the launcher first
 * @throws the system's error if it cannot be started. Without descriptors (EMFILE) a child does not even have streams,
 *   so this waits for the start.
 */
export async function spawnTool(
  tool: AudioTool,
  toolArguments: readonly string[],
  { workFolder, signal, hasSecondOutput = false }: SpawnOptions,
): Promise<ToolProcess> {
  await keepLauncher(tool.launcher, tool.launcherScript);
  signal?.throwIfAborted();
  const stdio: readonly ('ignore' | 'pipe')[] = [
    'ignore',
    'pipe',
    'pipe',
    ...(hasSecondOutput ? ['pipe' as const] : []),
  ];
  const child = spawn(tool.launcher, [...toolArguments], { cwd: workFolder, stdio: [...stdio] }) as ToolProcess;
  await once(child, 'spawn');
  return child;
}
