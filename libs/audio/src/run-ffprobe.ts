import { spawn } from 'node:child_process';
import { isAppError } from '#libs/errors';
import { failureOf } from './exit-failure.js';
import { launcherArguments } from './launcher.js';
import type { RunOptions } from './run-ffmpeg.js';
import { SandboxedProcess, type ProcessExit } from './sandboxed-process.js';

/** A report on one stream is about 300 bytes. */
const maxOutputBytes = 64 * 1024;

/** How ffprobe ended, and what it printed. */
export interface FfprobeOutcome {
  readonly exit: ProcessExit;
  readonly stdout: string;
}

/**
 * Runs ffprobe in the same sandbox as ffmpeg. Not through fluent-ffmpeg, whose ffprobe knows neither a time-out nor a
 * cap on its output.
 *
 * @param onLine receives each line that it prints; none is kept then
 * @throws the signal's reason when it aborts; AppError `unavailable` when somebody killed it; Error when ffprobe cannot be
 *   started
 */
export async function runFfprobe(
  probeArguments: readonly string[],
  options: RunOptions,
  onLine?: (line: string) => void,
): Promise<FfprobeOutcome> {
  const { tools, limits, workFolder, signal } = options;
  signal?.throwIfAborted();
  const child = spawn(tools.ffprobe.launcher, [...launcherArguments(limits), ...probeArguments], {
    cwd: workFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const process = new SandboxedProcess(child, limits, signal);
  const closed = new Promise((resolve) => child.once('close', resolve));
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (onLine !== undefined) {
      const lines = stdout.split('\n');
      stdout = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    }
    if (stdout.length > maxOutputBytes) void process.end(new Error('ffprobe printed too much'));
  });
  const exit = await process.exit;
  await closed;
  signal?.throwIfAborted();
  const failure = failureOf(exit, limits);
  if (isAppError(failure?.error, 'unavailable')) throw failure.error;
  return { exit, stdout };
}
