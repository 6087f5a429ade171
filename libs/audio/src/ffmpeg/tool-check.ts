import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { executablesOnPath, isExecutable } from '#libs/config';
import { decodersIn, lacking, toolRequirements, versionIn } from './tool-requirements.js';

const run = promisify(execFile);

export type ToolName = 'ffmpeg' | 'ffprobe';

/** Where util-linux usually is, in case PATH lacks them. */
export const systemFolders = '/usr/local/bin:/usr/bin:/bin';

/** Version and decoders of a usable tool. */
export interface CheckedTool {
  readonly version: string;
  /** Names of all its decoders, including those for pictures and video. */
  readonly decoders: readonly string[];
}

/**
 * Returns the tool's version and decoders, or the reason why it cannot be used.
 *
 * @param launcher runs the tool; using it proves that the sandbox works here
 */
export async function checkTool(name: ToolName, path: string, launcher: string): Promise<CheckedTool | string> {
  if (!isExecutable(path)) return 'is missing or not executable';
  try {
    const answers = await Promise.all(
      toolRequirements[name].map(async (need) => {
        const { stdout, stderr } = await run(launcher, need.question.split(' '), {
          timeout: 20_000,
          maxBuffer: 4 << 20,
        });
        const decoders = need.question === '-decoders' ? decodersIn(stdout) : [];
        return { version: versionIn(name, stderr), lacks: lacking(need, stdout), decoders };
      }),
    );
    const version = answers[0]?.version;
    if (version === undefined) return `is not ${name}`;
    const lacks = answers.flatMap((answer) => answer.lacks);
    const decoders = answers.flatMap((answer) => answer.decoders);
    return lacks.length === 0 ? { version, decoders } : `lacks ${lacks.join(', ')}`;
  } catch (error) {
    return `does not run (${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown reason'})`;
  }
}

async function hasTool(name: ToolName, configured: string | undefined, searchPath: string): Promise<boolean> {
  if (configured) return true;
  for (const path of executablesOnPath(name, searchPath)) {
    if (typeof (await checkTool(name, path, path)) === 'object') return true;
  }
  return false;
}

/**
 * True if this machine has a usable ffmpeg and ffprobe, so that npm's are not needed.
 *
 * This file and its imports use Node's own modules only: scripts/prepare.mjs runs a compiled copy on a fresh clone.
 *
 * @param environment PATH, and FFMPEG_PATH and FFPROBE_PATH, which override it
 * @param moreFolders searched after PATH
 */
export async function hasAudioTools(
  environment: Readonly<Record<string, string | undefined>>,
  moreFolders = systemFolders,
): Promise<boolean> {
  const searchPath = `${environment['PATH'] ?? ''}:${moreFolders}`;
  const found = await Promise.all([
    hasTool('ffmpeg', environment['FFMPEG_PATH'], searchPath),
    hasTool('ffprobe', environment['FFPROBE_PATH'], searchPath),
  ]);
  return found.every(Boolean);
}
