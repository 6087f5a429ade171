import { isAppError } from '#libs/errors';
import { failureOf } from './exit-failure.js';
import { probeDecodingArguments } from './ffmpeg-command.js';
import { launcherArguments } from './launcher.js';
import type { RunOptions } from './run-ffmpeg.js';
import { SandboxedProcess, type ProcessExit } from './sandboxed-process.js';
import { spawnTool } from './spawn-tool.js';

/** The report on one stream has about 300 bytes. */
const maxOutputBytes = 64 * 1024;

/** How ffprobe ended, and its output. */
export interface FfprobeOutcome {
  readonly exit: ProcessExit;
  readonly stdout: string;
}

/**
 * Runs ffprobe in the same sandbox as ffmpeg. Does not use fluent-ffmpeg, whose ffprobe has neither a timeout nor a limit
 * on its output.
 *
 * @param onLine receives each line of the output, which is then not returned
 * @throws the signal's reason if it aborts; AppError `unavailable` if ffprobe was killed from outside; Error if it cannot
 *   be started
 */
export async function runFfprobe(
  probeArguments: readonly string[],
  options: RunOptions,
  onLine?: (line: string) => void,
): Promise<FfprobeOutcome> {
  const { tools, limits, workFolder, signal } = options;
  const sandboxed = [
    ...launcherArguments(limits),
    ...probeDecodingArguments(tools.ffprobe.decoders),
    ...probeArguments,
  ];
  const child = await spawnTool(tools.ffprobe, sandboxed, { workFolder, signal });
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
